import { tick } from "svelte";
import { pathOf, type Route, routeOf } from "./routes.ts";

/** Where the console is. */
class Router {
  #href = $state(location.href);
  readonly route: Route = $derived(routeOf(new URL(this.#href)));
  /** What the address names behind `#`, as a place on the page. */
  readonly fragment: string = $derived(new URL(this.#href).hash.slice(1));

  /** Whether somebody came here from another place of the console, and not from outside. */
  moved = false;

  /** Follows the browser's own buttons and every link to a place of the console. */
  listen(): void {
    this.#href = location.href;
    addEventListener("popstate", () => this.#arrive(null));
    document.addEventListener("click", (event) => this.#follow(event));
  }

  go(route: Route): void {
    history.pushState(null, "", pathOf(route));
    this.#arrive("top");
  }

  /** Takes the place of the present address: for what is not a step of its own, such as a letter in a search field. */
  replace(route: Route): void {
    history.replaceState(history.state, "", pathOf(route));
    this.#href = location.href;
  }

  /** Goes to a path of the console that was kept earlier, in place of the present one. */
  replacePath(path: string): void {
    history.replaceState(null, "", path);
    this.#arrive("top");
  }

  #follow(event: MouseEvent): void {
    if (event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    const link = event.target instanceof Element ? event.target.closest("a") : null;
    if (link === null || link.target !== "" || link.hasAttribute("download") || link.origin !== location.origin) return;
    if (link.pathname.startsWith("/api/")) return;
    if (link.pathname === location.pathname && link.search === location.search && link.hash !== "") return;
    event.preventDefault();
    history.pushState(null, "", link.href);
    this.#arrive("top");
  }

  #arrive(scroll: "top" | null): void {
    const before = new URL(this.#href);
    this.#href = location.href;
    if (before.pathname === location.pathname) return;
    this.moved = true;
    void tick().then(() => {
      if (scroll === "top" && location.hash === "") scrollTo(0, 0);
      focusHeading();
    });
  }
}

/** Who cannot see that the page changed hears its heading; the next Tab goes on from there. */
export function focusHeading(): void {
  document.querySelector<HTMLElement>("main h1")?.focus({ preventScroll: true });
}

export const router = new Router();
