/** What the ES module of this address exports. A file of its own, since within the bundle node's own `import` has to be asked for it. */
export const importFile = (address: string): Promise<Readonly<Record<string, unknown>>> => import(address);
