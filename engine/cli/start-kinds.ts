export const startKinds = ['role', 'module', 'project'] as const;
export type StartKind = (typeof startKinds)[number];
