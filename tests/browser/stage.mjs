// A workspace, a bot and a browser, each on a free port and taken down again. The bot is a scripted one, or the real one with real servers.
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';
import { Bot } from './bot.mjs';

const here = path.dirname(fileURLToPath(import.meta.url));
export const root = path.resolve(here, '../..');
const built = (project) => path.join(root, `artifacts/bin/${project}/release/${project}.dll`);
const program = process.env.PLAYGROUND_DLL ?? built('DbChatOps.Playground');

export const people = { ana: 'U0ANA00001', bo: 'U0BO000002', dee: 'U0DEE00004', gus: 'U0GUEST005', pat: 'U0STRANGE6' };
export const channels = { approvals: 'C0APPROVAL', general: 'C0GENERAL3', shared: 'C0SHARED04' };

export function browserPath() {
  const candidates = [process.env.CHROME_BIN, '/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];
  return candidates.find((candidate) => candidate && existsSync(candidate));
}

export class Stage {
  static async set() {
    const stage = new Stage();
    const secrets = { token: `xoxb-${randomBytes(12).toString('hex')}`, signing: randomBytes(16).toString('hex') };
    stage.bot = new Bot(secrets);
    const deliverTo = await stage.bot.start();
    await stage.#start(['chat', '--deliver-to', deliverTo, '--bot-token', secrets.token, '--signing-secret', secrets.signing]);
    stage.bot.serves(stage.address);
    return stage;
  }

  /** Everything that deploy/demo.sh starts. */
  static async demo(...more) {
    const stage = new Stage();
    await stage.#start(['demo', '--bot', built('DbChatOps.Host'), '--setup', path.join(root, 'deploy/targets/postgresql.sql'), ...more]);
    return stage;
  }

  async #start(verb) {
    this.process = spawn('dotnet', [program, ...verb, '--port', '0'], { stdio: ['ignore', 'pipe', 'inherit'] });
    const browser = chromium.launch({ executablePath: browserPath(), args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--disable-component-update', '--disable-sync', '--no-first-run'] });
    [this.address, this.browser] = await Promise.all([addressFrom(this.process), browser]);
  }

  /** A page of its own; anything it complains about fails the test that closes it. */
  async open(options = {}, hash = '') {
    const context = await this.browser.newContext({ viewport: { width: 1280, height: 800 }, timezoneId: 'Europe/Amsterdam', locale: 'en-GB', ...options });
    const page = await context.newPage();
    page.setDefaultTimeout(25_000);
    page.complaints = [];
    page.on('pageerror', (error) => page.complaints.push(error.message));
    page.on('console', (message) => { if (message.type() === 'error' && !/409/.test(message.text())) page.complaints.push(message.text()); });
    if (process.env.PLAYGROUND_ASSETS) await serveFromDisk(page, process.env.PLAYGROUND_ASSETS);
    await page.goto(this.address + hash);
    await page.locator('.person').first().waitFor({ state: 'attached' });
    return page;
  }

  async strike() {
    await this.browser?.close();
    const ended = this.process && this.process.exitCode === null && once(this.process, 'exit');
    this.process?.kill('SIGTERM');
    // A demo takes its servers down; to leave before would leave them behind.
    await Promise.all([ended, this.bot?.stop()]);
  }
}

function addressFrom(process) {
  return new Promise((found, failed) => {
    let printed = '';
    process.stdout.on('data', (chunk) => {
      printed += chunk;
      const address = /Open (http\S+)/.exec(printed)?.[1];
      if (address) found(address);
    });
    process.once('exit', (code) => failed(new Error(`The workspace ended with ${code}: ${printed}`)));
  });
}

/** For work on the page itself: its parts from a folder instead of from the built program. */
async function serveFromDisk(page, folder) {
  const types = { '.js': 'text/javascript', '.css': 'text/css', '.svg': 'image/svg+xml', '.html': 'text/html' };
  const answer = async (route, name) => route.fulfill({ body: await readFile(path.join(folder, name)), contentType: types[path.extname(name)] });
  await page.route('**/playground/assets/*', (route) => answer(route, path.basename(new URL(route.request().url()).pathname)));
  await page.route((url) => url.pathname === '/', (route) => answer(route, 'index.html'));
}

export const person = (page, name) => page.getByRole('radio', { name });
/** Looks at the workspace as somebody else, from when the page shows theirs. */
export async function become(page, name) {
  await person(page, name).click();
  await page.locator('#viewer', { hasText: name.source.split(' ')[0] }).waitFor();
}

export const channel = (page, name) => page.getByRole('navigation').getByRole('button', { name });
export const composer = (page) => page.locator('#composer-text');

export async function say(page, text) {
  await composer(page).fill(text);
  await composer(page).press('Enter');
}
