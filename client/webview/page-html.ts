export interface PageAddresses {
  /** Fresh for each load, at least 128 random bits. */
  nonce: string;
  /** `webview.cspSource`. */
  cspSource: string;
  scriptUri: string;
  styleUri: string;
  codiconUri: string;
}

/** A page's own title and landmarks. Our own text, and never anybody else's: it is not escaped. */
export interface PageContent {
  title: string;
  landmarks: string;
}

const chatContent: PageContent = {
  title: "Wayfare chat",
  landmarks: `<header id="head"></header>
<div id="notices"></div>
<main id="conversation" tabindex="-1" aria-label="Conversation"></main>
<section id="composer" aria-label="Your question"></section>`,
};

export const routesContent: PageContent = {
  title: "Wayfare routes",
  landmarks: `<header id="head"></header>
<div id="notices"></div>
<main>
<section id="drill" aria-label="Drill"></section>
<section id="routes" tabindex="-1" aria-label="Routes"></section>
</main>`,
};

export const costsContent: PageContent = {
  title: "Wayfare costs",
  landmarks: `<header id="head"></header>
<div id="notices"></div>
<main id="costs" tabindex="-1" aria-label="Costs"></main>`,
};

export const learnedContent: PageContent = {
  title: "What Wayfare learned",
  landmarks: `<header id="head"></header>
<div id="notices"></div>
<main id="learned" tabindex="-1" aria-label="What was learned"></main>`,
};

export const endpointContent: PageContent = {
  title: "Wayfare local endpoint",
  landmarks: `<header id="head"></header>
<div id="notices"></div>
<main id="endpoint" tabindex="-1" aria-label="Local endpoint"></main>`,
};

export const doctorContent: PageContent = {
  title: "Wayfare doctor",
  landmarks: `<header id="head"></header>
<div id="notices"></div>
<main id="doctor" tabindex="-1" aria-label="Doctor"></main>`,
};

/**
 * The HTML of a page, the chat's unless another is named: its content policy and its landmarks. Nothing is loaded but our
 * own script, styles and icon font; there are no inline styles or scripts, no connections, no forms and no remote images.
 */
export function pageHtml(addresses: PageAddresses, { title, landmarks }: PageContent = chatContent): string {
  const { nonce, cspSource, scriptUri, styleUri, codiconUri } = addresses;
  const policy = [
    "default-src 'none'",
    `script-src 'nonce-${nonce}'`,
    `style-src ${cspSource}`,
    `font-src ${cspSource}`,
    `img-src ${cspSource} data:`,
    "connect-src 'none'",
    "form-action 'none'",
    "base-uri 'none'",
  ].join("; ");
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${escaped(policy)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
<link rel="stylesheet" href="${escaped(codiconUri)}">
<link rel="stylesheet" href="${escaped(styleUri)}">
</head>
<body>
${landmarks}
<div id="live" class="unseen" role="status" aria-live="polite" aria-atomic="true"></div>
<script nonce="${escaped(nonce)}" src="${escaped(scriptUri)}"></script>
</body>
</html>`;
}

function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll('"', "&quot;").replaceAll("<", "&lt;");
}
