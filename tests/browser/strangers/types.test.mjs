// Everything the bot draws, type-checked against the vendor's own declarations. The C# tests write the gallery: BlockKitGalleryTests.
import assert from 'node:assert/strict';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { test } from 'node:test';
import ts from 'typescript';
import { root } from './workspace.mjs';

const here = path.dirname(fileURLToPath(import.meta.url));
const gallery = path.join(root, 'artifacts/blockkit');
const types = { message: 'KnownBlock[]', modal: 'ModalView', home: 'HomeView' };
const skip = existsSync(gallery) ? false : 'no gallery: dotnet test tests/DbChatOps.Tests --filter "FullyQualifiedName~BlockKitGallery"';

/** The complaints of the compiler about drawings, by name. A string may be shortened: no type depends on what a text says. */
function complaints(drawings) {
  const file = path.join(here, 'gallery.ts');
  const source = ["import type { HomeView, KnownBlock, ModalView } from '@slack/types';",
    ...drawings.map(({ surface, json }, index) => `export const drawing${index}: ${types[surface]} = ${JSON.stringify(surface === 'message' ? json.blocks : json)};`)].join('\n');
  const options = { strict: true, noEmit: true, skipLibCheck: true, target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.NodeNext, moduleResolution: ts.ModuleResolutionKind.NodeNext, types: [] };
  const host = ts.createCompilerHost(options);
  const { getSourceFile, fileExists, readFile } = host;
  host.getSourceFile = (name, ...more) => (name === file ? ts.createSourceFile(name, source, more[0]) : getSourceFile.call(host, name, ...more));
  host.fileExists = (name) => name === file || fileExists.call(host, name);
  host.readFile = (name) => (name === file ? source : readFile.call(host, name));
  const program = ts.createProgram([file], options, host);
  return ts.getPreEmitDiagnostics(program).map((diagnostic) => {
    const line = diagnostic.file?.fileName === file ? diagnostic.file.getLineAndCharacterOfPosition(diagnostic.start).line - 1 : -1;
    return `${drawings[line]?.name ?? diagnostic.file?.fileName ?? 'compiler'}: ${ts.flattenDiagnosticMessageText(diagnostic.messageText, ' ')}`;
  });
}

const shortened = (node) => {
  if (typeof node === 'string') return node.slice(0, 60);
  if (Array.isArray(node)) return node.map(shortened);
  return node && typeof node === 'object' ? Object.fromEntries(Object.entries(node).map(([name, value]) => [name, shortened(value)])) : node;
};

test('everything the bot draws is of the types that Slack declares', { skip, timeout: 120_000 }, () => {
  const drawings = readdirSync(gallery).sort().map((name) => ({ name, surface: name.split('-')[0], json: shortened(JSON.parse(readFileSync(path.join(gallery, name), 'utf8'))) }));
  assert.ok(drawings.length > 300, `only ${drawings.length} drawings`);
  assert.deepEqual(complaints(drawings), []);
});

test('the compiler finds what is wrong', { timeout: 120_000 }, () => {
  const section = (text) => ({ type: 'section', text });
  const found = complaints([
    { name: 'right', surface: 'message', json: { blocks: [section({ type: 'mrkdwn', text: 'x' })] } },
    { name: 'no such text', surface: 'message', json: { blocks: [section({ type: 'markdown', text: 'x' })] } },
    { name: 'no title', surface: 'modal', json: { type: 'modal', blocks: [] } },
    { name: 'no such member', surface: 'home', json: { type: 'home', blocks: [], title: { type: 'plain_text', text: 'x' } } },
  ]);
  assert.deepEqual(found.map((complaint) => complaint.split(':')[0]), ['no such text', 'no title', 'no such member']);
});
