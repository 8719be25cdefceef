using System.Diagnostics;
using ActorOrchestrator.Agent.Tests.Containerd;

namespace ActorOrchestrator.Agent.Tests.Cri;

/// <summary>Debian's docker-registry on a free loopback port, with or without a password.</summary>
internal sealed class DockerRegistry : IAsyncDisposable
{
    public const string User = "puller";
    public const string Password = "s3cret";

    // User and password above, by htpasswd -nbB (the registry takes bcrypt only).
    private const string Htpasswd = "puller:$2y$04$yg2r6lA86hCselBG7qN2j.LZkxXGkPq5Ge5XJQ0k3uz2IASHe0h3u\n";

    private readonly Process _process;
    private readonly string _directory;

    private DockerRegistry(Process process, string directory, int port)
    {
        _process = process;
        _directory = directory;
        Host = $"127.0.0.1:{port}";
    }

    public string Host { get; }

    public static async Task<DockerRegistry> StartAsync(bool withPassword)
    {
        if (!File.Exists("/usr/bin/docker-registry"))
        {
            throw new InvalidOperationException("docker-registry is missing: run scripts/setup as root");
        }

        var directory = Directory.CreateTempSubdirectory("registry-").FullName;
        var port = FreePort.Next();
        var auth = withPassword ? $"auth:\n  htpasswd:\n    realm: test\n    path: {directory}/htpasswd\n" : "";
        await File.WriteAllTextAsync(directory + "/htpasswd", Htpasswd);
        await File.WriteAllTextAsync(directory + "/config.yml", $"""
            version: 0.1
            log: {"{"}level: error{"}"}
            storage: {"{"}filesystem: {"{"}rootdirectory: {directory}/data{"}"}{"}"}
            http: {"{"}addr: 127.0.0.1:{port}, secret: any{"}"}
            {auth}
            """);
        var start = new ProcessStartInfo("docker-registry", ["serve", directory + "/config.yml"])
        {
            RedirectStandardOutput = true, RedirectStandardError = true,
        };
        var registry = new DockerRegistry(Process.Start(start)!, directory, port);
        await registry.AnswersAsync();
        return registry;
    }

    /// <returns>The name to pull the pushed busybox by.</returns>
    public async Task<string> PushBusyboxAsync(string repository)
    {
        var archive = _directory + "/busybox.tar";
        TestImages.WriteBusybox(archive);
        await ContainerdFixture.RunAsync(
            "skopeo", "copy", "--quiet", "--insecure-policy", "--dest-tls-verify=false", "--dest-creds",
            $"{User}:{Password}",
            $"oci-archive:{archive}", $"docker://{Host}/{repository}");
        return $"{Host}/{repository}";
    }

    public async ValueTask DisposeAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
        Directory.Delete(_directory, recursive: true);
    }

    private async Task AnswersAsync()
    {
        using var http = new HttpClient();
        while (true)
        {
            Assert.False(_process.HasExited, "docker-registry has ended");
            try
            {
                await http.GetAsync($"http://{Host}/v2/", TestContext.Current.CancellationToken);
                return;
            }
            catch (HttpRequestException)
            {
                await Task.Delay(20, TestContext.Current.CancellationToken);
            }
        }
    }
}
