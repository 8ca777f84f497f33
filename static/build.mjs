// Writes everything the pages need from npm into static/dist/. Run by `npm run build`.
import { cp, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { compile } from "sass";

const here = new URL("./", import.meta.url);
const modules = new URL("../node_modules/", here);
const dist = new URL("dist/", here);
const font = new URL("@fontsource-variable/atkinson-hyperlegible-next/", modules);
const designSystem = new URL("nhsuk-frontend/dist/nhsuk/", modules);

await rm(dist, { recursive: true, force: true });
await mkdir(dist, { recursive: true });
await Promise.all([buildStyles(), buildDesignSystem(), buildToolbar(), buildRanges(), copyFonts(), copyIcons()]);

async function buildStyles() {
  const { css } = compile(fileURLToPath(new URL("nhsuk.scss", here)), {
    loadPaths: [fileURLToPath(modules)],
    style: "compressed",
    charset: false,
    quietDeps: true,
  });
  // In a layer of its own, so that our plain styles win without a fight over specificity.
  await writeFile(new URL("nhsuk.css", dist), `${await readFontFaces()}\n@layer nhsuk{${css}}\n`);
}

async function readFontFaces() {
  const sheets = await Promise.all(
    ["wght.css", "wght-italic.css"].map((name) => readFile(new URL(name, font), "utf8")),
  );
  return sheets.join("\n").replaceAll("./files/", "fonts/");
}

async function copyFonts() {
  await cp(new URL("files/", font), new URL("fonts/", dist), { recursive: true });
}

async function copyIcons() {
  for (const name of ["arrow-down", "arrow-up-down", "arrow-up", "cross"]) {
    const file = `images/nhsuk-icon-${name}.svg`;
    await cp(new URL(`assets/${file}`, designSystem), new URL(file, dist));
  }
}

async function buildDesignSystem() {
  const source = await readSource(new URL("nhsuk-frontend.min.js", designSystem));
  const start = 'document.body.classList.add("js-enabled","nhsuk-frontend-supported");initAll();';
  await writeFile(new URL("nhsuk.js", dist), `${source}\n${start}\n`);
}

async function buildToolbar() {
  const source = await readSource(new URL("@github/markdown-toolbar-element/dist/index.js", modules));
  await writeFile(new URL("markdown-toolbar.js", dist), source);
}

// Where in a textarea the caret is, in pixels.
async function buildRanges() {
  await mkdir(new URL("dom-input-range/", dist));
  for (const name of ["index.js", "input-range.js", "input-style-clone.js"]) {
    const source = await readSource(new URL(`dom-input-range/dist/${name}`, modules));
    await writeFile(new URL(`dom-input-range/${name}`, dist), source);
  }
}

// Hashed file storage refuses a source map comment whose file is missing.
async function readSource(url) {
  const source = await readFile(url, "utf8");
  return `${source.replace(/\/\/# sourceMappingURL=.*$/gm, "").trimEnd()}\n`;
}
