/** The budget of one rendering, so that an endless loop ends in an error. */
import type { Budget } from '../environment.ts';
import { TemplateError } from '../errors.ts';

const usual: Budget = { steps: 5_000_000, characters: 64 * 1024 * 1024, items: 1_000_000 };
const deepest = 150;

export class Meter {
  private readonly budget: Budget;
  private stepsLeft: number;
  private depth = 0;

  constructor(budget: Partial<Budget> = {}) {
    this.budget = { ...usual, ...budget };
    this.stepsLeft = this.budget.steps;
  }

  step(count = 1): void {
    this.stepsLeft -= count;
    if (this.stepsLeft < 0)
      throw new TemplateError(`this takes more than ${this.budget.steps} steps: is there a loop without end?`);
  }

  /** To be asked before so many items are made. */
  items(count: number): void {
    if (count > this.budget.items) throw new TemplateError(`this would make more than ${this.budget.items} items`);
    this.step(count);
  }

  /** To be asked before a text of so many characters is made. */
  characters(count: number): void {
    if (count > this.budget.characters)
      throw new TemplateError(`this would make a text of more than ${this.budget.characters} characters`);
  }

  /** Runs the body of a macro, an include or a variable's template, one level deeper. */
  deeper<T>(body: () => T): T {
    this.depth++;
    try {
      if (this.depth > deepest)
        throw new TemplateError(`templates are nested more than ${deepest} deep: does one use itself?`);
      return body();
    } finally {
      this.depth--;
    }
  }
}
