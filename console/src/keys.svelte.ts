const KEY = "weighbridge.keys";

/** Whether single letters are commands. Who dictates or uses a switch can turn them off (WCAG 2.1.4). */
class SingleKeys {
  on = $state(true);

  start(): void {
    this.on = localStorage.getItem(KEY) !== "off";
  }

  turn(on: boolean): void {
    this.on = on;
    localStorage.setItem(KEY, on ? "on" : "off");
  }

  /** The letter that somebody pressed as a command; null where they type, hold a modifier, or a dialog is open. */
  pressed(event: KeyboardEvent): string | null {
    if (!this.on || event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return null;
    if (document.querySelector("dialog[open]") !== null || isTyping(event.target)) return null;
    return event.key;
  }
}

export const singleKeys = new SingleKeys();

function isTyping(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|SELECT|TEXTAREA)$/.test(target.tagName));
}

/**
 * Moves the focus among the rows of a list: `j` and `k` from anywhere on the page, the arrows from a row, so that they scroll elsewhere. Yields whether
 * it did.
 */
export function stepAmongRows(key: string | null): boolean {
  const rows = [...document.querySelectorAll<HTMLElement>("main [data-row]")];
  const at = document.activeElement instanceof HTMLElement ? rows.indexOf(document.activeElement) : -1;
  const by = stepOf(key, at !== -1);
  if (rows.length === 0 || by === null) return false;
  const next = at === -1 ? (by === 1 ? 0 : rows.length - 1) : Math.min(Math.max(at + by, 0), rows.length - 1);
  rows[next]?.focus();
  return true;
}

function stepOf(key: string | null, onRow: boolean): 1 | -1 | null {
  if (key === "j" || (onRow && key === "ArrowDown")) return 1;
  return key === "k" || (onRow && key === "ArrowUp") ? -1 : null;
}
