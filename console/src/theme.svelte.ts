export const THEMES = ["system", "light", "dark"] as const;
export type Theme = (typeof THEMES)[number];

const KEY = "weighbridge.theme";

/** Light, dark, or what the system says. Kept in this browser. */
class ThemeChoice {
  chosen: Theme = $state("system");

  start(): void {
    this.choose(THEMES.find((theme) => theme === localStorage.getItem(KEY)) ?? "system");
  }

  choose(theme: Theme): void {
    this.chosen = theme;
    if (theme === "system") delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = theme;
    localStorage.setItem(KEY, theme);
  }
}

export const theme = new ThemeChoice();
