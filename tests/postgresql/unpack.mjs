// Makes <folder>/<major> and <folder>/tools of the packages in <folder>/node_modules.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { basename, dirname, join, relative } from 'node:path';
import { inflateRawSync } from 'node:zlib';

const [folder] = process.argv.slice(2);
const packages = join(folder, 'node_modules');
const prefix = 'postgresql-';

for (const name of readdirSync(packages).filter(name => name.startsWith(prefix))) {
    const place = join(folder, name.slice(prefix.length));
    rmSync(place, { recursive: true, force: true });
    const native = join(packages, name, 'native');
    if (existsSync(native)) {
        linkLibraries(join(packages, name));
        symlinkSync(relative(folder, native), place);
    } else {
        extractInstallation(join(packages, name), place);
    }
}

// Packages cannot hold symbolic links; this file lists them.
function linkLibraries(root) {
    for (const { source, target } of JSON.parse(readFileSync(join(root, 'native', 'pg-symlinks.json'), 'utf8'))) {
        if (!existsSync(join(root, target))) {
            symlinkSync(relative(dirname(target), source), join(root, target));
        }
    }
}

// This package is a Node.js add-on that carries a whole installation as a compressed archive. What follows the archive is not gzip, which gunzip refuses.
function extractInstallation(root, place) {
    const addOn = readdirSync(root).find(name => name.endsWith('.node'));
    const bytes = readFileSync(join(root, addOn));
    const header = Buffer.from([0x1f, 0x8b, 0x08, 0x00]);
    const headerLength = 10;
    const start = bytes.indexOf(header);
    if (start < 0) {
        throw new Error(`${basename(root)} carries no archive.`);
    }

    mkdirSync(place);
    execFileSync('tar', ['xf', '-', '--strip-components=1', '--no-same-owner', '-C', place], { input: inflateRawSync(bytes.subarray(start + headerLength)) });
}
