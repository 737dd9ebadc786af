import { administrator } from './mysql-cnf.ts';

/** Resolves when the server at this port answers a query. */
export async function mysqlAnswers(port: number): Promise<void> {
  const { createConnection } = await import('mysql2/promise');
  const connection = await createConnection({ host: '127.0.0.1', port, ...administrator, connectTimeout: 2_000 });
  try {
    await connection.query('SELECT 1');
  } finally {
    connection.destroy();
  }
}
