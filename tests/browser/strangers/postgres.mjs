// One PostgreSQL server in a folder of its own, guarded as the installation page says.
import { execFile } from 'node:child_process';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { appendFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { freePort } from './host.mjs';
import { root, secret } from './workspace.mjs';

const isRoot = process.getuid() === 0;
const debian = '/usr/lib/postgresql';
const newest = () => readdirSync(debian).sort((one, other) => other - one).map((version) => path.join(debian, version, 'bin'));

/** The folder of PostgreSQL's programs; absent where there are none. */
export const binaries = [process.env.DBCHATOPS_PG_BIN, ...(existsSync(debian) ? newest() : [])].find((folder) => folder && existsSync(path.join(folder, 'initdb')));

const standing = (password) => `
  ALTER ROLE dbchatops_bot PASSWORD '${password}';
  CREATE ROLE dbchatops_orders_prod_read NOLOGIN;
  CREATE ROLE dbchatops_orders_prod_write NOLOGIN;
  GRANT CONNECT ON DATABASE orders TO dbchatops_bot, dbchatops_orders_prod_read, dbchatops_orders_prod_write;
  INSERT INTO dbchatops.standing_role (role_name, access_level, database_name, owner_role) VALUES
    ('dbchatops_orders_prod_read', 'read', 'orders', NULL), ('dbchatops_orders_prod_write', 'write', 'orders', NULL);`;

export class Postgres {
  password = secret();

  static async start() {
    const server = new Postgres();
    server.folder = await mkdtemp(path.join(tmpdir(), 'dbco-'));
    server.data = path.join(server.folder, 'data');
    if (isRoot) await command('chown', ['postgres:postgres', server.folder]);
    await server.run('initdb', ['-D', server.data, '-U', 'postgres', '-A', 'trust', '--no-sync', '--locale=C', '-E', 'UTF8']);
    await appendFile(path.join(server.data, 'postgresql.conf'), "\nlisten_addresses = '127.0.0.1'\nfsync = off\npassword_encryption = 'scram-sha-256'\n");
    await writeFile(path.join(server.data, 'pg_hba.conf'), 'local all all trust\nhost all all 127.0.0.1/32 scram-sha-256\n');
    server.port = await freePort();
    await server.run('pg_ctl', ['start', '-w', '-s', '-D', server.data, '-l', path.join(server.folder, 'log'), '-o', `-p ${server.port} -k ${server.folder}`]);
    await server.psql('CREATE DATABASE orders', 'postgres');
    await server.psql(readFileSync(path.join(root, 'deploy/targets/postgresql.sql'), 'utf8'), 'postgres');
    await server.psql(standing(server.password), 'postgres');
    return server;
  }

  run(program, options, input) {
    const whole = path.join(binaries, program);
    return isRoot ? command('setpriv', ['--reuid=postgres', '--regid=postgres', '--init-groups', '--reset-env', whole, ...options], input) : command(whole, options, input);
  }

  psql(sql, database) {
    return this.run('psql', ['-X', '-q', '-A', '-t', '-v', 'ON_ERROR_STOP=1', '-h', this.folder, '-p', String(this.port), '-U', 'postgres', '-d', database, '-f', '-'], sql);
  }

  async stop() {
    await this.run('pg_ctl', ['stop', '-w', '-s', '-m', 'immediate', '-D', this.data]).catch(() => {});
    await rm(this.folder, { recursive: true, force: true });
  }
}

function command(program, options, input = '') {
  return new Promise((done, failed) => {
    const child = execFile(program, options, { cwd: tmpdir() }, (error, output, errors) => (error ? failed(new Error(`${program}: ${errors || error.message}`)) : done(output)));
    // A program that reads nothing may be gone already; how it went is told above.
    child.stdin.on('error', () => {});
    child.stdin.end(input);
  });
}
