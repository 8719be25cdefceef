using System.Formats.Tar;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

namespace ActorOrchestrator.Agent.Tests.Containerd;

/// <summary>
/// Images made of the machine's own static binaries, as an OCI image layout in a tar (image-spec, image-layout.md),
/// which <c>ctr images import</c> and <c>skopeo</c> read. Each has one layer and needs no network.
/// </summary>
internal static class TestImages
{
    public const string Pause = "test.local/pause:1";
    public const string Busybox = "test.local/busybox:1";

    public static void WritePause(string path) => Write(
        path, Pause, [("pause", "/usr/bin/catatonit", null)], [],
        new JsonObject { ["Entrypoint"] = new JsonArray("/pause", "-P") });

    public static void WriteBusybox(string path, string name = Busybox) => Write(
        path, name,
        [("bin/busybox", "/bin/busybox", null),
            ("etc/passwd", null, "root:x:0:0:root:/root:/bin/sh\nweb:x:1000:1000::/:/bin/sh\n"),
            ("etc/group", null, "root:x:0:\nweb:x:1000:\n")],
        ["sh", "sleep", "cat", "echo", "true", "false", "ls", "id", "env", "pwd", "wget", "httpd", "ip", "ping", "nc",
            "hostname", "head", "tr", "dd", "mkdir", "touch", "ps", "kill", "tail", "seq", "nslookup", "stat", "grep"],
        new JsonObject
        {
            ["Cmd"] = new JsonArray("/bin/sh"), ["Env"] = new JsonArray("PATH=/bin", "FROM_IMAGE=yes"),
            ["WorkingDir"] = "/",
        });

    /// <summary>Without any program: <c>data.txt</c> and <c>etc/inner.txt</c> have the text.</summary>
    public static void WriteData(string path, string name, string text) => Write(
        path, name, [("data.txt", null, text), ("etc/inner.txt", null, text)], [], []);

    private static void Write(
        string path, string name, (string Path, string? From, string? Text)[] files, string[] applets,
        JsonObject config)
    {
        var layer = Layer(files, applets);
        var image = Encode(new JsonObject
        {
            ["architecture"] = "amd64",
            ["os"] = "linux",
            ["config"] = config,
            ["rootfs"] = new JsonObject { ["type"] = "layers", ["diff_ids"] = new JsonArray(Digest(layer)) },
        });
        var manifest = Encode(new JsonObject
        {
            ["schemaVersion"] = 2,
            ["mediaType"] = "application/vnd.oci.image.manifest.v1+json",
            ["config"] = Descriptor("application/vnd.oci.image.config.v1+json", image),
            ["layers"] = new JsonArray(Descriptor("application/vnd.oci.image.layer.v1.tar", layer)),
        });
        var entry = Descriptor("application/vnd.oci.image.manifest.v1+json", manifest);
        entry["annotations"] = new JsonObject
        {
            ["org.opencontainers.image.ref.name"] = name, ["io.containerd.image.name"] = name,
        };
        var index = Encode(new JsonObject { ["schemaVersion"] = 2, ["manifests"] = new JsonArray(entry) });

        using var tar = new TarWriter(File.Create(path), TarEntryFormat.Ustar);
        Add(tar, "oci-layout", Encoding.UTF8.GetBytes("{\"imageLayoutVersion\":\"1.0.0\"}"));
        foreach (var blob in (byte[][])[layer, image, manifest])
        {
            Add(tar, "blobs/sha256/" + Digest(blob)[7..], blob);
        }

        Add(tar, "index.json", index);
    }

    private static byte[] Layer((string Path, string? From, string? Text)[] files, string[] applets)
    {
        var bytes = new MemoryStream();
        using (var tar = new TarWriter(bytes, TarEntryFormat.Ustar, leaveOpen: true))
        {
            foreach (var directory in (string[])["bin", "etc", "tmp", "proc", "sys", "dev", "root"])
            {
                tar.WriteEntry(
                    new UstarTarEntry(TarEntryType.Directory, directory + "/") { Mode = (UnixFileMode)0x1FF });
            }
            foreach (var (path, from, text) in files)
            {
                Add(tar, path, from is null ? Encoding.UTF8.GetBytes(text!) : File.ReadAllBytes(from),
                    (UnixFileMode)0x1ED);
            }
            foreach (var applet in applets)
            {
                tar.WriteEntry(new UstarTarEntry(TarEntryType.SymbolicLink, "bin/" + applet) { LinkName = "busybox" });
            }
        }
        return bytes.ToArray();
    }

    private static void Add(TarWriter tar, string path, byte[] content, UnixFileMode mode = (UnixFileMode)0x1A4) =>
        tar.WriteEntry(new UstarTarEntry(TarEntryType.RegularFile, path)
        {
            DataStream = new MemoryStream(content), Mode = mode,
        });

    private static JsonObject Descriptor(string type, byte[] content) => new()
    {
        ["mediaType"] = type, ["digest"] = Digest(content), ["size"] = content.Length,
    };

    private static byte[] Encode(JsonObject json) => Encoding.UTF8.GetBytes(json.ToJsonString());

    private static string Digest(byte[] content) => "sha256:" + Convert.ToHexStringLower(SHA256.HashData(content));
}
