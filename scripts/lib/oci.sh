# Sourced: writes OCI image archives (opencontainers/image-spec 1.0: image-layout, manifest, config) from a directory.
# The same directory gives the same bytes: names are sorted, times are zero, gzip writes no time stamp.
# shellcheck shell=bash

oci_blob() { # FILE -> adds it to the layout under $1, prints "sha256:HEX SIZE"
    local layout=$1 file=$2 hex
    hex=$(sha256sum "$file" | cut -d' ' -f1)
    mv -f "$file" "$layout/blobs/sha256/$hex"
    printf 'sha256:%s %s' "$hex" "$(stat -c %s "$layout/blobs/sha256/$hex")"
}

oci_architecture() {
    case $(dpkg --print-architecture) in
        amd64) echo amd64 ;;
        arm64) echo arm64 ;;
        *) fail "images are not built for the architecture $(dpkg --print-architecture)" ;;
    esac
}

# oci_archive ROOT CONFIG TARGET NAME...: one manifest a name. Each name stands in its image's configuration, so that
# two versions are two images (as a rollout from one to the other expects), although they share their layer.
oci_archive() {
    local root=$1 config=$2 target=$3 layout=$1.oci name
    local layer_digest layer_size diff_id manifests=
    shift 3
    mkdir -p "$layout/blobs/sha256"
    tar -C "$root" --sort=name --mtime=@0 --numeric-owner --format=gnu -cf "$root.layer" .
    diff_id=sha256:$(sha256sum "$root.layer" | cut -d' ' -f1)
    gzip -n -6 "$root.layer"
    read -r layer_digest layer_size <<<"$(oci_blob "$layout" "$root.layer.gz")"
    for name in "$@"; do
        manifests+=${manifests:+,}$(oci_manifest "$layout" "$name" "$config" "$layer_digest" "$layer_size" "$diff_id")
    done
    printf '{"imageLayoutVersion":"1.0.0"}' >"$layout/oci-layout"
    printf '{"schemaVersion":2,"manifests":[%s]}' "$manifests" >"$layout/index.json"
    tar -C "$layout" --sort=name --mtime=@0 --owner=0 --group=0 --numeric-owner -cf "$target.new" .
    mv -f "$target.new" "$target"
}

oci_manifest() { # -> the descriptor that index.json holds
    local layout=$1 name=$2 config=$3 layer_digest=$4 layer_size=$5 diff_id=$6 blob=$1.blob digest size
    printf '{"created":"1970-01-01T00:00:00Z","architecture":"%s","os":"linux","config":%s,' \
        "$(oci_architecture)" "${config%\}},\"Labels\":{\"org.opencontainers.image.ref.name\":\"$name\"}}" >"$blob"
    printf '"rootfs":{"type":"layers","diff_ids":["%s"]}}' "$diff_id" >>"$blob"
    read -r digest size <<<"$(oci_blob "$layout" "$blob")"
    printf '{"schemaVersion":2,"mediaType":"application/vnd.oci.image.manifest.v1+json","config":{"mediaType":' >"$blob"
    printf '"application/vnd.oci.image.config.v1+json","digest":"%s","size":%s},"layers":[{' "$digest" "$size" >>"$blob"
    printf '"mediaType":"application/vnd.oci.image.layer.v1.tar+gzip","digest":"%s","size":%s}]}' \
        "$layer_digest" "$layer_size" >>"$blob"
    read -r digest size <<<"$(oci_blob "$layout" "$blob")"
    printf '{"mediaType":"application/vnd.oci.image.manifest.v1+json","digest":"%s","size":%s,"annotations":{' \
        "$digest" "$size"
    printf '"io.containerd.image.name":"%s","org.opencontainers.image.ref.name":"%s"}}' "$name" "${name##*:}"
}

oci_digest() { # ARCHIVE NAME -> the digest of the manifest that has this name
    tar -xOf "$1" ./index.json | tr '{' '\n' | awk -v name="\"io.containerd.image.name\":\"$2\"" '
        match($0, /"digest":"[^"]+"/) { digest = substr($0, RSTART + 10, RLENGTH - 11) }
        index($0, name) { print digest; exit }'
}
