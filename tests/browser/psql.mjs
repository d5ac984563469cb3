// A person's psql, run with what the credentials dialog shows.
import { execFile } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';

const packaged = '/usr/lib/postgresql';

/** The folder of PostgreSQL's programs, found as the demo finds it; null when there is none. */
export function postgreSqlPath() {
  const versions = existsSync(packaged) ? readdirSync(packaged).sort((left, right) => Number(right) - Number(left)) : [];
  const candidates = [process.env.DBCHATOPS_PG_BIN, ...versions.map((version) => path.join(packaged, version, 'bin'))];
  return candidates.find((candidate) => candidate && existsSync(path.join(candidate, 'initdb'))) ?? null;
}

/** @param line as shown: psql "host=… user=…" */
export async function psql(line, password, sql) {
  const [, where] = /^psql "(.*)"$/.exec(line);
  const environment = { ...process.env, PGPASSWORD: password, PGCONNECT_TIMEOUT: '5' };
  const { stdout } = await promisify(execFile)(path.join(postgreSqlPath(), 'psql'), ['-X', '-Atc', sql, where], { env: environment });
  return stdout.trim();
}
