export const lintFormats = ['text', 'json', 'sarif', 'github'] as const;

export interface LintCommand {
  readonly playbooks: readonly string[];
  readonly format: (typeof lintFormats)[number];
  /** The rule to explain; true for the list of all. */
  readonly explain?: string | true;
}
