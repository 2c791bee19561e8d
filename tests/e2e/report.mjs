// The report of a running demo in a real browser.
//   node report.mjs URL ARTIFACTS
// URL is the page of the demo's primary (http://127.0.0.1:PORT/servers/shop). Every check runs, every failure is listed.

import { mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';
import { identityOfDescription, identityOfStatement, missingIndexes } from './expected.mjs';

const [url, artifacts] = process.argv.slice(2);
if (!url || !artifacts) {
  console.error('usage: node report.mjs URL ARTIFACTS');
  process.exit(2);
}
const here = dirname(fileURLToPath(import.meta.url));
const expected = missingIndexes(process.env.PGSEXTANT_FAULTS ?? join(here, '../../demo/faults.yaml'));
const patience = Number(process.env.PGSEXTANT_E2E_PATIENCE ?? 120) * 1000;
const origin = new URL(url).origin;
const failures = [];

function check(holds, what) {
  console.log(`${holds ? 'ok  ' : 'FAIL'} ${what}`);
  if (!holds) failures.push(what);
}

const missingFrom = (statements) => {
  const there = new Set(statements.map(identityOfStatement));
  return expected.filter((index) => !there.has(identityOfDescription(index)));
};

/** Polls the report's JSON twin until all missing indexes are recommended, or patience ends. */
async function waitForAdvice() {
  const api = new URL(`/api/v1/servers/${new URL(url).pathname.split('/').pop()}`, origin);
  const until = Date.now() + patience;
  let seen = [];
  let lastStatus = 0;
  for (;;) {
    const answer = await fetch(api, { signal: AbortSignal.timeout(10000) });
    lastStatus = answer.status;
    if (answer.ok) {
      const report = await answer.json();
      seen = report.recommendations.map((each) => each.apply_sql);
      if (missingFrom(seen).length === 0) return;
    }
    if (Date.now() > until) break;
    await new Promise((resolve) => setTimeout(resolve, 1000));
  }
  console.log(`after ${patience / 1000} s these are recommended (last status ${lastStatus}):`);
  for (const sql of seen) console.log(`  ${sql}`);
}

/** A page that remembers everything that a quiet report must not do. */
async function quietPage(browser, name, options) {
  const context = await browser.newContext({ permissions: ['clipboard-read', 'clipboard-write'], ...options });
  const page = await context.newPage();
  page.setDefaultTimeout(60000);  // the demo, Chromium and a compiler may share two cores
  const complain = (what) => check(false, `${name}: ${what}`);
  page.on('console', (message) => message.type() === 'error' && complain(`console: ${message.text()}`));
  page.on('pageerror', (error) => complain(`script: ${error.message}`));
  page.on('requestfailed', (request) => {
    // A live update that is under way when the page goes away is no failure.
    if (request.failure()?.errorText !== 'net::ERR_ABORTED') complain(`${request.url()}: ${request.failure()?.errorText}`);
  });
  page.on('request', (request) => {
    const target = new URL(request.url());
    if (target.origin !== origin && target.protocol !== 'data:') complain(`a request to ${target.origin}`);
  });
  page.on('response', (response) => response.status() >= 400 && complain(`${response.status()} for ${response.url()}`));
  await page.addInitScript(() => {
    window.violations = [];
    document.addEventListener('securitypolicyviolation', (event) =>
      window.violations.push(`${event.violatedDirective} ${event.blockedURI}`));
  });
  return page;
}

const violationsOf = (page) => page.evaluate(() => window.violations);
const overflowOf = (page) =>
  page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
/** 0 black … 255 white, of the corner of the page as it is drawn: whichever element the colour comes from. */
async function brightness(page) {
  const corner = await page.screenshot({ clip: { x: 0, y: 300, width: 1, height: 1 } });
  return page.evaluate(async (base64) => {
    const bytes = Uint8Array.from(atob(base64), (each) => each.charCodeAt(0));
    const bitmap = await createImageBitmap(new Blob([bytes], { type: 'image/png' }));
    const canvas = new OffscreenCanvas(1, 1).getContext('2d');
    canvas.drawImage(bitmap, 0, 0);
    const [red, green, blue] = canvas.getImageData(0, 0, 1, 1).data;
    return (red + green + blue) / 3;
  }, corner.toString('base64'));
}

async function open(page, name, address) {
  const response = await page.goto(address, { waitUntil: 'load' });
  check(response.status() === 200, `${name}: ${new URL(address).pathname} answers 200`);
  const policy = (await response.allHeaders())['content-security-policy'] ?? '';
  check(policy.includes("default-src 'none'") || policy.includes("default-src 'self'"), `${name}: a content security policy`);
  check(!policy.includes('unsafe'), `${name}: nothing unsafe in the policy`);
}

async function checkReport(page, name) {
  const statements = await page.locator('#advice .code code').allTextContents();
  const missing = missingFrom(statements);
  check(missing.length === 0, `${name}: every missing index is on the page${missing.map((each) => `; not: ${each}`).join('')}`);
  check((await page.locator('#vitals .tile').count()) >= 5, `${name}: vital signs`);
  check((await page.locator('#findings .finding').count()) >= 1, `${name}: findings`);
  check((await page.locator('#statements-table tbody tr').count()) >= 5, `${name}: statements`);
  check((await page.locator('p.state').textContent()).trim().length > 0, `${name}: the state in words`);
}

async function checkLook(page, name, scheme) {
  const bright = await brightness(page);
  check(scheme === 'dark' ? bright < 96 : bright > 160, `${name}: the page is ${scheme}`);
  const overflow = await overflowOf(page);
  check(overflow <= 0, `${name}: no horizontal overflow (${overflow} px)`);
  const violations = await violationsOf(page);
  check(violations.length === 0, `${name}: no policy violation ${violations.join(', ')}`);
}

async function checkCopy(page) {
  const index = page.locator('#advice .code', { hasText: 'CREATE INDEX CONCURRENTLY' }).first();
  const sql = await index.locator('code').textContent();
  await index.locator('button').click();
  const copied = await page.evaluate(() => navigator.clipboard.readText());
  check(copied === sql && identityOfStatement(copied) !== null, 'copy: the whole CREATE INDEX CONCURRENTLY is in the clipboard');
  check((await index.locator('button').textContent()) === 'Copied', 'copy: the button says so');
}

async function checkTheme(page) {
  const before = await brightness(page);
  await page.locator('#theme').click();
  const after = await brightness(page);
  check(Math.abs(before - after) > 64, 'theme: the switch changes it');
  await page.reload();
  check(Math.abs((await brightness(page)) - after) < 8, 'theme: the choice survives a reload');
}

async function checkStatement(page, name) {
  const link = page.locator('#statements-table tbody th a').first();
  const address = new URL(await link.getAttribute('href'), origin);
  await link.click();
  await page.waitForURL(address.href);
  check((await page.locator('h1').textContent()).includes(address.pathname.split('/').pop()), `${name}: the statement's page opens`);
  check((await page.locator('.code.big code').textContent()).trim().length > 0, `${name}: it shows the text`);
  const overflow = await overflowOf(page);
  check(overflow <= 0, `${name}: no horizontal overflow on it (${overflow} px)`);
}

async function checkLive(page) {
  const stamp = () => page.locator('#fresh').textContent();
  await page.waitForFunction(() => document.getElementById('fresh').textContent === 'Live');
  check((await stamp()) === 'Live', 'live: figures are updated in place');
}

/** Everything that is looked at in one width and one colour scheme. */
async function visit(browser, name, width, scheme) {
  const page = await quietPage(browser, name, { viewport: { width, height: 900 }, colorScheme: scheme });
  const keep = (what) => page.screenshot({ path: join(artifacts, `${what}-${width}-${scheme}.png`), fullPage: true });
  await open(page, name, url);
  await checkReport(page, name);
  await checkLook(page, name, scheme);
  await keep('report');
  const interactive = scheme === 'light' && width === 1280;
  if (interactive) {
    await checkCopy(page);
    await checkLive(page);
    await checkTheme(page);
  }
  await checkStatement(page, name);
  await checkLook(page, `${name}, statement`, interactive ? 'dark' : scheme);
  await keep('statement');
  await page.context().close();
}

async function run() {
  mkdirSync(artifacts, { recursive: true });
  await waitForAdvice();
  const browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: ['--disable-gpu', '--disable-background-networking', '--disable-component-update', '--disable-sync', '--no-first-run',
           ...(process.getuid?.() === 0 ? ['--no-sandbox'] : [])],
  });
  try {
    for (const scheme of ['light', 'dark']) {
      for (const width of [1280, 390]) {
        const name = `${width} ${scheme}`;
        try {
          await visit(browser, name, width, scheme);
        } catch (error) {
          check(false, `${name}: ${error.message.split('\n')[0]}`);
        }
      }
    }
  } finally {
    await browser.close();
  }
}

const limit = setTimeout(() => {
  console.error('FAIL the browser tests took too long');
  process.exit(1);
}, patience + 240000);
await run();
clearTimeout(limit);
if (failures.length > 0) {
  console.error(`\n${failures.length} of the report's checks failed:`);
  for (const failure of failures) console.error(`  ${failure}`);
  process.exit(1);
}
