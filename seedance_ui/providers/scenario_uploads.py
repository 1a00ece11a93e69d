"""The ways from a file or a link to an asset at Scenario, for programs; what `scenario_assets.py` does in the app.

Sources: S-SDK, S-BL and S-DOC of `scenario.py`. Parts have 32 MiB, and an upload is looked at every 1.5 s.
"""

from __future__ import annotations

from seedance_ui.providers.code.helpers import DATA_URI
from seedance_ui.providers.code.recipe import Helper

POST_IMAGE = Helper(
    name="post_image",
    needs=(DATA_URI,),
    curl="""\
post_image() ( # file, type, name
  set -e
  data_uri "$1" "$2" | jq -Rs --arg name "$3" '{name: $name, image: ., hide: true}' | api /assets --data-binary @-
  jq -er .asset.id answer.json
)""",
    python="""\
def post_image(path, mime, name):
    return call("/assets", {"name": name, "image": data_uri(path, mime), "hide": True})["asset"]["id"]""",
    javascript="""\
async function postImage(path, mime, name) {
  const { asset } = await call("/assets", { name, image: await dataUri(path, mime), hide: true });
  return asset.id;
}""",
)
"""One call, for a small picture."""

_IMPORTED = Helper(
    name="imported",
    curl="""\
imported() ( # upload
  set -e
  while true; do
    api "/uploads/$1"
    case $(jq -r .upload.status answer.json) in
      imported) jq -er .upload.entityId answer.json; return ;;
      failed) cat answer.json >&2; return 1 ;;
    esac
    sleep 1.5
  done
)""",
    python="""\
def imported(upload_id):
    while True:
        upload = call("/uploads/" + upload_id)["upload"]
        if upload["status"] == "imported":
            return upload["entityId"]
        if upload["status"] == "failed":
            raise SystemExit(upload)
        time.sleep(1.5)""",
    javascript="""\
async function imported(uploadId) {
  while (true) {
    const { upload } = await call(`/uploads/${uploadId}`);
    if (upload.status === "imported") return upload.entityId;
    if (upload.status === "failed") throw new Error(JSON.stringify(upload));
    await new Promise((resolve) => setTimeout(resolve, 1_500));
  }
}""",
)

UPLOAD = Helper(
    name="upload",
    needs=(_IMPORTED,),
    curl="""\
upload() ( # file, type, kind, name: create, put the parts, complete, wait
  set -e
  part=33554432
  size=$(( $(wc -c < "$1") ))
  count=$(( (size + part - 1) / part ))
  jq -n --arg name "$4" --argjson size "$size" --arg type "$2" --arg kind "$3" --argjson parts "$count" \\
    '{fileName: $name, fileSize: $size, contentType: $type, kind: $kind, parts: $parts, assetOptions: {hide: true}}' |
    api /uploads --data-binary @-
  id=$(jq -er .upload.id answer.json)
  jq -er '.upload.parts[] | "\\(.number) \\(.url)"' answer.json | while read -r number url; do
    # Without the key: the link is signed.
    dd if="$1" bs=$part skip=$(( number - 1 )) count=1 2>/dev/null |
      curl -sS --fail -o /dev/null -X PUT -H "Content-Type: $2" --data-binary @- "$url"
  done
  api "/uploads/$id/action" --data-binary '{"action": "complete"}'
  imported "$id"
)""",
    python="""\
def upload(path, mime, kind, name):
    \"\"\"Create, put the parts, complete, wait.\"\"\"
    with open(path, "rb") as file:
        content = file.read()
    part = 32 * 1024 * 1024
    created = call(
        "/uploads",
        {
            "fileName": name,
            "fileSize": len(content),
            "contentType": mime,
            "kind": kind,
            "parts": (len(content) + part - 1) // part,
            "assetOptions": {"hide": True},
        },
    )["upload"]
    for each in created["parts"]:
        end = each["number"] * part
        # Without the key: the link is signed.
        put = urllib.request.Request(each["url"], content[end - part : end], {"Content-Type": mime}, method="PUT")
        urllib.request.urlopen(put, timeout=120).close()
    call("/uploads/" + created["id"] + "/action", {"action": "complete"})
    return imported(created["id"])""",
    javascript="""\
// Create, put the parts, complete, wait.
async function upload(path, mime, kind, name) {
  const content = await readFile(path);
  const part = 32 * 1024 * 1024;
  const { upload: created } = await call("/uploads", {
    fileName: name,
    fileSize: content.length,
    contentType: mime,
    kind,
    parts: Math.ceil(content.length / part),
    assetOptions: { hide: true },
  });
  for (const { number, url } of created.parts) {
    const body = content.subarray((number - 1) * part, number * part);
    // Without the key: the link is signed.
    const put = await fetch(url, { method: "PUT", headers: { "Content-Type": mime }, body });
    if (!put.ok) throw new Error(`${put.status} ${put.statusText}`);
  }
  await call(`/uploads/${created.id}/action`, { action: "complete" });
  return imported(created.id);
}""",
)
"""Four steps, for everything else."""

IMPORT_LINK = Helper(
    name="import_link",
    needs=(_IMPORTED,),
    curl="""\
import_link() ( # link, kind
  set -e
  jq -n --arg url "$1" --arg kind "$2" '{url: $url, kind: $kind, assetOptions: {hide: true}}' |
    api /uploads --data-binary @-
  imported "$(jq -er .upload.id answer.json)"
)""",
    python="""\
def import_link(url, kind):
    return imported(call("/uploads", {"url": url, "kind": kind, "assetOptions": {"hide": True}})["upload"]["id"])""",
    javascript="""\
async function importLink(url, kind) {
  const { upload } = await call("/uploads", { url, kind, assetOptions: { hide: true } });
  return imported(upload.id);
}""",
)
"""Scenario fetches a link itself."""
