import type { SlimPackage } from './slim-package.ts';

const TABLES = ['shiftjis', 'eucjp', 'cp936', 'gbk-added', 'gb18030-ranges', 'cp949', 'cp950', 'big5-added'];
const NOT_BUNDLED = `throw new Error('tables of character sets are not bundled: sessions use utf8mb4');`;

/** Without tables that only sessions in other character sets than utf8mb4 need, the MySQL client is half as large. */
export const mysqlTexts: SlimPackage = {
  name: 'mysql2/node_modules/iconv-lite',
  stubs: Object.fromEntries(TABLES.map((table) => [`./tables/${table}.json`, NOT_BUNDLED])),
};
