/** Asks by which account the server knows this user, as statements name it: `'connect'@'127.0.0.1'`. */
export async function accountOf(server: { query<T>(sql: string): Promise<T[]> }): Promise<string> {
  const [user] = await server.query<{ name: string }>('SELECT CURRENT_USER() AS name');
  return (user?.name ?? '').replace(/^(.*)@(.*)$/, "'$1'@'$2'");
}
