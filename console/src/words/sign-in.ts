/** Where the wanted place waits while somebody signs in. */
const WANTED = "weighbridge.wanted";

let seized: string | null = null;

/** To be called before anything else: the secret leaves the address bar at once, so that it lands in no history, bookmark or screenshot. */
export function seizeSecret(): void {
  seized = secretInAddress() ?? seized;
}

/** The single-use secret of the sign-in link that was followed, once. */
export function takeSecret(): string | null {
  seizeSecret();
  const secret = seized;
  seized = null;
  return secret;
}

function secretInAddress(): string | null {
  if (location.pathname !== "/sign-in" || location.hash.length < 2) return null;
  const secret = location.hash.slice(1);
  history.replaceState(null, "", "/sign-in");
  return secret;
}

export function keepWanted(path: string): void {
  if (!path.startsWith("/sign-in")) sessionStorage.setItem(WANTED, path);
}

/** A path of this console, kept by itself: `/` when there is none. */
export function takeWanted(): string {
  const path = sessionStorage.getItem(WANTED);
  sessionStorage.removeItem(WANTED);
  return path !== null && /^\/(?![/\\])/.test(path) ? path : "/";
}
