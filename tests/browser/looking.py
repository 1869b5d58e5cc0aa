"""What a machine can see of a page: axe's rules at three widths, and whether anything sticks out of the screen.

Nine tenths of axe's time go into contrast, which follows from colours, type and the backgrounds below. So a text is measured
once for each way it looks: again at another width only when one of these differs there, and once for texts that stand in the
same place of the structure and look the same. Every other rule looks at the whole page at every width.
"""

from __future__ import annotations

from typing import Any

from tests.browser.everything import WHO, Everything

SIZES = [{"width": width, "height": height} for width, height in ((390, 844), (820, 1180), (1280, 900))]
"""A phone, a tablet, a desk."""

LOOK = """async () => {
  const seen = window.looksSeen ??= new Set();
  const known = new Map([[null, '']]);  // element -> where it stands and what is painted below its text
  const below = (node) => {
    if (!known.has(node)) {
      const style = getComputedStyle(node);
      const role = node.getAttribute('role') ?? '';
      known.set(node, `${below(node.parentElement)}>${node.localName}.${node.className.baseVal ?? node.className}[${role}]`
        + `${style.backgroundColor}${style.backgroundImage}${style.opacity}${style.position}${style.filter}`);
    }
    return known.get(node);
  };
  const fresh = [];
  for (const node of document.body.querySelectorAll('*')) {
    const says = node.matches('input, select, textarea') || [...node.childNodes].some((one) => one.nodeType === 3 && one.data.trim());
    if (!says || !node.checkVisibility({visibilityProperty: true})) continue;
    const style = getComputedStyle(node);
    const disabled = node.matches(':disabled, [aria-disabled=true], :disabled *');
    const look = `${below(node)}|${style.color}|${style.fontSize}|${style.fontWeight}|${style.textShadow}|${disabled}`;
    if (!seen.has(look)) {
      seen.add(look);
      fresh.push(node);
    }
  }
  const options = {resultTypes: ['violations'], elementRef: false};
  const found = [await axe.run(document, {...options, rules: {'color-contrast': {enabled: false}}})];
  if (fresh.length) found.push(await axe.run({include: fresh}, {...options, runOnly: ['color-contrast']}));
  const faults = found.flatMap((each) => each.violations)
    .flatMap((one) => one.nodes.map((node) => `${one.id}: ${node.html.slice(0, 150)}`));
  if (document.documentElement.scrollWidth > innerWidth) faults.push(`${document.documentElement.scrollWidth} px wide`);
  return [...new Set(faults)];
}"""

OPEN = "open => { for (const one of document.querySelectorAll('main details')) one.open = open; }"


def faults_of(page: Any) -> list[str]:
    """Everything wrong with the page at every size. What is folded away is opened on the phone, where it has the least room."""
    found = []
    for size in SIZES:
        page.set_viewport_size(size)
        page.evaluate(OPEN, size is SIZES[0])
        found += [f"at {size['width']}: {fault}" for fault in page.evaluate(LOOK)]
    return found


def faults_here(page: Any) -> list[str]:
    """Everything wrong with the page as it stands, at the size it has."""
    from axe_playwright_python.base import AXE_SCRIPT

    if not page.evaluate("() => 'axe' in window"):
        page.evaluate(AXE_SCRIPT)
    return list(page.evaluate(LOOK))


def lookers(console: Everything) -> dict[str, Any]:
    """One page for each who looks, signed in, with axe in it from the start."""
    from axe_playwright_python.base import AXE_SCRIPT

    found = {role: console.sign_in(role, SIZES[0]) for role in WHO}
    for page in found.values():
        page.add_init_script(AXE_SCRIPT)
    return found


def faults_everywhere(console: Everything, signed_in: dict[str, Any], locale: str) -> list[str]:
    """Everything wrong with every page, each looked at by the first role that may."""
    console.speak(locale)
    wrong: list[str] = []
    pages = console.pages()
    known = {console.address + path for _, path in pages}
    for role, path in pages:
        page = signed_in[role]
        response = page.goto(console.address + path)
        if (answered := (response.status, page.locator("html").get_attribute("lang"))) != (200, locale):
            wrong.append(f"{path} answered {answered}")
            continue
        if page.url != console.address + path:  # a conversation is read on the page of its case
            assert page.url.split("?")[0] in known, page.url
            continue
        if page.locator("h1").count() != 1 or not page.title():
            wrong.append(f"{path}: headings of the page: {page.locator('h1').count()}")
        wrong += [f"{path} {fault}" for fault in faults_of(page)]
    return wrong
