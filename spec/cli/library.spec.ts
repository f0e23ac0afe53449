/** Modules for Ansible, written in Python: named as what they are, wherever they lie. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { kplay } from '../kplay.ts';

describe('a library of Python modules', () => {
  for (const place of ['library', 'roles/web/library']) {
    it(`in ${place} is met with a clear word`, async () => {
      const folder = mkdtempSync(join(tmpdir(), 'kplay-library-'));
      try {
        mkdirSync(join(folder, place), { recursive: true });
        writeFileSync(join(folder, place, 'frobnicate.py'), '#!/usr/bin/python\n');
        writeFileSync(join(folder, 'site.yml'), '- hosts: localhost\n  tasks:\n    - frobnicate: { size: 1 }\n');
        const said = await kplay(['site.yml', '--syntax-check'], { cwd: folder });
        expect(said.code).to.equal(1);
        expect(said.stderr)
          .to.contain('site.yml:3:7')
          .and.to.contain(`${place}/frobnicate.py is a module for Ansible, written in Python`)
          .and.to.contain('write it as modules/frobnicate.mjs beside library/ (README, "Write a module")');
      } finally {
        rmSync(folder, { recursive: true, force: true });
      }
    });
  }
});
