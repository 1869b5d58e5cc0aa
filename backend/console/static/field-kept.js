// The page for the field as it is kept on a telephone, for opening it without a network. Encrypted (AES-GCM) under a random key
// that is itself kept twice: under the worker's own code (PBKDF2), which opens it out there, and under the key that the server
// gives to this account's pages, by which an online page renews it unasked. Neither code nor key is kept. One day at a time.
"use strict";

const KeptPage = (function () {
  const RECORD = "visits.page.";
  const CACHE = "visits-field";
  const ROUNDS = 600000;
  const TRIES = 5;
  const LEAST = 8;

  const hex = (words) => new Uint8Array(words.match(/../g).map((pair) => parseInt(pair, 16)));
  const text = (buffer) => Array.from(new Uint8Array(buffer), (one) => one.toString(16).padStart(2, "0")).join("");
  const aes = (raw) => crypto.subtle.importKey("raw", raw, "AES-GCM", false, ["encrypt", "decrypt"]);

  async function derived(pin, salt) {
    const typed = await crypto.subtle.importKey("raw", new TextEncoder().encode(pin.normalize("NFKC")), "PBKDF2", false, ["deriveKey"]);
    const how = { name: "PBKDF2", hash: "SHA-256", salt: hex(salt), iterations: ROUNDS };
    return crypto.subtle.deriveKey(how, typed, { name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]);
  }

  async function seal(key, plain) {
    const nonce = crypto.getRandomValues(new Uint8Array(12));
    return { nonce: text(nonce), sealed: text(await crypto.subtle.encrypt({ name: "AES-GCM", iv: nonce }, key, plain)) };
  }

  async function unseal(key, one) {
    return new Uint8Array(await crypto.subtle.decrypt({ name: "AES-GCM", iv: hex(one.nonce) }, key, hex(one.sealed)));
  }

  // Any account's: a telephone has one worker.
  function find(account) {
    const name = account ? RECORD + account : Object.keys(localStorage).find((one) => one.startsWith(RECORD));
    try {
      return name ? JSON.parse(localStorage.getItem(name)) : null;
    } catch (broken) {
      return null;
    }
  }

  function write(record) {
    for (const name of Object.keys(localStorage)) if (name.startsWith(RECORD) && name !== RECORD + record.account) localStorage.removeItem(name);
    localStorage.setItem(RECORD + record.account, JSON.stringify(record));
  }

  async function begin(account, pin, serverKey, page, day) {
    const own = crypto.getRandomValues(new Uint8Array(32));
    const salt = text(crypto.getRandomValues(new Uint8Array(16)));
    write({
      account, salt, tries: 0, day,
      byCode: await seal(await derived(pin, salt), own), byServer: await seal(await aes(hex(serverKey)), own),
      page: await seal(await aes(own), new TextEncoder().encode(JSON.stringify(page))),
    });
  }

  // False where there is nothing to renew, or another key sealed it.
  async function renew(account, serverKey, page, day) {
    const record = find(account);
    if (!record) return false;
    try {
      const own = await unseal(await aes(hex(serverKey)), record.byServer);
      write({ ...record, day, tries: 0, page: page ? await seal(await aes(own), new TextEncoder().encode(JSON.stringify(page))) : null });
      return true;
    } catch (anotherKey) {
      drop();
      return false;
    }
  }

  // The page, or null for a wrong code; after five of them nothing is kept any more.
  async function open(record, pin) {
    let own;
    try {
      own = await unseal(await derived(pin, record.salt), record.byCode);
    } catch (wrong) {
      record.tries += 1;
      if (record.tries >= TRIES) drop();
      else write(record);
      return null;
    }
    write({ ...record, tries: 0 });
    return JSON.parse(new TextDecoder().decode(await unseal(await aes(own), record.page)));
  }

  function drop() {
    for (const name of Object.keys(localStorage)) if (name.startsWith(RECORD)) localStorage.removeItem(name);
  }

  const today = () => new Date().toLocaleDateString("sv-SE", { timeZone: "Asia/Tokyo" });

  return { CACHE, LEAST, find, begin, renew, open, drop, today };
})();
