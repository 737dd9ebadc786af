import { expect, it } from '@jest/globals';
import { jsonOf, keyOf, MysqlLab } from './mysql-lab.ts';

it('knows every collation by what the server says of it: texts, keys and members of enums, behind a geometry, also once the table is another', async () => {
  await using lab = await MysqlLab.open('mariadb');
  const start = await lab.now();
  await lab.run(`CREATE TABLE t (k VARCHAR(9) CHARACTER SET latin1 COLLATE latin1_swedish_nopad_ci PRIMARY KEY, g POINT,
    v VARCHAR(9) CHARACTER SET cp1251 COLLATE cp1251_general_nopad_ci, u TEXT CHARACTER SET ucs2 COLLATE ucs2_uca1400_ai_ci, b BINARY(3),
    e ENUM('ü', 'x\\\\y') CHARACTER SET latin1 COLLATE latin1_german2_ci, s SET('ä', 'Ж') CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_nopad_ci)`);
  await lab.run(
    "INSERT INTO t VALUES ('Müller', ST_GeomFromText('POINT(1 2)'), 'Жук', '漢', x'01', 'ü', 'ä,Ж'), ('Ö', NULL, NULL, NULL, NULL, 'x\\\\y', '')",
  );
  await lab.run('ALTER TABLE t CONVERT TO CHARACTER SET utf8mb4');
  const { records } = await lab.read(start, { format: 'flat' });
  expect(records.map(keyOf)).toEqual(['{"k":"Müller"}', '{"k":"Ö"}']);
  expect(records.map(jsonOf)).toMatchObject([
    { k: 'Müller', v: 'Жук', u: '漢', b: 'AQAA', e: 'ü', s: 'ä,Ж' },
    { k: 'Ö', v: null, e: 'x\\y', s: '' },
  ]);
});

it('hands out bytes behind a geometry and a text as they are', async () => {
  await using lab = await MysqlLab.open('mariadb');
  const start = await lab.now();
  const bytes = 'b BLOB, v VARBINARY(9), f BINARY(3), c BLOB COMPRESSED, w VARBINARY(9) COMPRESSED';
  await lab.run(`CREATE TABLE t (id INT PRIMARY KEY, g POINT, x TEXT CHARACTER SET utf8mb4, ${bytes})`);
  await lab.run("INSERT INTO t VALUES (1, POINT(1, 2), 'ü', x'ff00fe', x'ff00fe', x'ff00fe', x'ff00fe', x'ff00fe')");
  const { records } = await lab.read(start, { format: 'flat' });
  expect(records.map(jsonOf)).toMatchObject([{ x: 'ü', b: '/wD+', v: '/wD+', f: '/wD+', c: '/wD+', w: '/wD+' }]);
});
