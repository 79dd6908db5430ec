/**
 * The floor that the bridge is measured against: Express and better-sqlite3 and nothing else, with the same durability
 * (WAL, synchronous=FULL), one commit per write, storing and returning the same JSON. Run as a process of its own:
 * `node test/bench/floor.ts <database file>`; prints its port.
 */
import type { AddressInfo } from 'node:net';
import BetterSqlite3 from 'better-sqlite3';
import express, { type Request, type Response } from 'express';
import { v7 } from 'uuid';

const db = new BetterSqlite3(process.argv[2] ?? ':memory:');
db.pragma('journal_mode = wal');
db.pragma('synchronous = full');
db.exec(
  'create table if not exists users (id text primary key, user_name_key text not null unique, body text not null)',
);

const insert = db.prepare('insert into users (id, user_name_key, body) values (?, ?, ?)');
const byId = db.prepare<[string], { body: string }>('select body from users where id = ?');
const byName = db.prepare<[string], { body: string }>('select body from users where user_name_key = ?');
const page = db.prepare<[number, number], { body: string }>('select body from users order by id limit ? offset ?');
const count = db.prepare<[], { n: number }>('select count(*) as n from users');
const update = db.prepare('update users set body = ? where id = ?');

const app = express();
app.disable('x-powered-by');
app.disable('etag');
app.use(express.json({ type: ['application/json', 'application/scim+json'], limit: '8mb' }));

function answer(response: Response, status: number, body: string): void {
  response.statusCode = status;
  response.setHeader('content-type', 'application/scim+json; charset=utf-8');
  response.end(body);
}

function list(response: Response, total: number, startIndex: number, rows: readonly { body: string }[]): void {
  const head = `{"schemas":["urn:ietf:params:scim:api:messages:2.0:ListResponse"],"totalResults":${total},"startIndex":${startIndex},"itemsPerPage":${rows.length}`;
  answer(response, 200, `${head},"Resources":[${rows.map((row) => row.body).join(',')}]}`);
}

app.post('/scim/v2/Users', (request: Request, response: Response) => {
  const id = v7();
  const now = new Date().toISOString();
  const location = `http://127.0.0.1/scim/v2/Users/${id}`;
  const meta = { resourceType: 'User', created: now, lastModified: now, location, version: 'W/"1"' };
  const body = JSON.stringify({ ...request.body, id, meta });
  insert.run(id, String(request.body.userName).toLowerCase(), body);
  answer(response, 201, body);
});
app.get('/scim/v2/Users/:id', (request: Request<{ id: string }>, response: Response) => {
  const row = byId.get(request.params.id);
  if (row === undefined) answer(response, 404, '{}');
  else answer(response, 200, row.body);
});
app.get('/scim/v2/Users', (request: Request, response: Response) => {
  const filter = /^userName eq "(.*)"$/.exec(String(request.query.filter ?? ''));
  if (filter !== null) {
    const row = byName.get((filter[1] ?? '').toLowerCase());
    list(response, row === undefined ? 0 : 1, 1, row === undefined ? [] : [row]);
    return;
  }
  const startIndex = Number(request.query.startIndex ?? 1);
  list(response, count.get()?.n ?? 0, startIndex, page.all(Number(request.query.count ?? 100), startIndex - 1));
});
app.patch('/scim/v2/Users/:id', (request: Request<{ id: string }>, response: Response) => {
  const row = byId.get(request.params.id);
  const user = { ...JSON.parse(row?.body ?? '{}'), ...request.body.Operations[0].value };
  const body = JSON.stringify(user);
  update.run(body, request.params.id);
  answer(response, 200, body);
});

const server = app.listen(0, '127.0.0.1', () => console.log((server.address() as AddressInfo).port));
