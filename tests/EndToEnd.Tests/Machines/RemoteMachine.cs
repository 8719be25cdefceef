using System.Diagnostics;
using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using ActorOrchestrator.EndToEnd.Tests.Harness;

namespace ActorOrchestrator.EndToEnd.Tests.Machines;

/// <summary>A machine that only runs pods, as another process on this one, at 127.0.0.2. Its certificates are signed
/// with the key of the cluster's authority.</summary>
internal sealed class RemoteMachine : IAsyncDisposable
{
    public const string Address = "127.0.0.2";

    private const string ServerUsage = "1.3.6.1.5.5.7.3.1";
    private const string ClientUsage = "1.3.6.1.5.5.7.3.2";

    private static readonly TimeSpan StopBound = TimeSpan.FromMinutes(2);

    private readonly Cluster _cluster;
    private readonly bool _hasContainers;
    private readonly string _scratch = Places.NewScratch("node");
    private Process? _process;

    private RemoteMachine(Cluster cluster, string name, bool hasContainers)
    {
        (_cluster, Name, _hasContainers) = (cluster, name, hasContainers);
        Directory.CreateDirectory(Pki);
        File.Copy(Path.Combine(_cluster.DataDirectory, "pki/ca.crt"), Path.Combine(Pki, "ca.crt"));
        Issue("node", ClientUsage);
        Issue("node-server", ServerUsage);
        File.WriteAllText(Kubeconfig, $$"""
            apiVersion: v1
            kind: Config
            clusters:
            - {name: c, cluster: {server: "https://{{_cluster.Listen}}", certificate-authority: "{{Pki}}/ca.crt"} }
            users:
            - {name: u, user: {client-certificate: "{{Pki}}/node.crt", client-key: "{{Pki}}/node.key"} }
            contexts:
            - {name: c, context: {cluster: c, user: u} }
            current-context: c
            """);
        File.WriteAllText(Settings, $$"""
            {{SettingsFile.Unhurried}}
            node { name = {{name}}, addresses = ["{{Address}}"], pod-subnet = "10.250.7.0/24" }
            control { members = ["{{_cluster.Listen}}"], listen = "{{Address}}:{{Port}}" }
            """);
    }

    public string Name { get; }

    public int Port { get; } = FreePort.Next();

    public string DataDirectory => Path.Combine(_scratch, "data");

    public string Pki => Path.Combine(DataDirectory, "pki");

    public string LogFile => Path.Combine(_scratch, "node.log");

    private string Kubeconfig => Path.Combine(_scratch, "kubeconfig");

    private string Settings => Path.Combine(_scratch, "node.conf");

    /// <summary>Starts it, and waits until its Node is ready.</summary>
    public static async Task<RemoteMachine> StartAsync(Cluster cluster, string name, bool hasContainers = false)
    {
        var machine = new RemoteMachine(cluster, name, hasContainers);
        try
        {
            machine.Launch();
            await machine.BecomesAsync("True");
            if (hasContainers)
            {
                var socket = Path.Combine(machine.DataDirectory, "containerd/containerd.sock");
                (await Tool.RunAsync(
                    Places.Script("images"), ["--into", socket], timeout: TimeSpan.FromMinutes(5))).Ok();
            }

            return machine;
        }
        catch (Exception)
        {
            await machine.DisposeAsync();
            throw;
        }
    }

    /// <summary>kubectl with this machine's own certificate.</summary>
    public Kubectl Kubectl() => new(
        Kubeconfig, Harness.Kubectl.New, Directory.CreateDirectory(Path.Combine(_scratch, "home")).FullName, "default");

    public void Launch()
    {
        const string script = "log=$1; shift; exec \"$@\" >>\"$log\" 2>&1 </dev/null";
        string[] runtime = _hasContainers ? [] : ["--runtime", "process"];
        _process?.Dispose();
        _process = Tool.Start(
            "/bin/sh",
            [
                "-c", script, "sh", LogFile, Places.Orchestrator, "node", "run", "--data-dir", DataDirectory,
                "--config", Settings, .. runtime,
            ],
            environment: null);
        _process.StandardInput.Close();
    }

    public Task KillAsync() => EndAsync("-KILL");

    public Task StopAsync() => EndAsync("-TERM");

    /// <summary>Waits until its Node's condition Ready has a value.</summary>
    public Task BecomesAsync(string ready) => Eventually.BecomesAsync(
        $"node {Name} to be ready: {ready}; its log:\n{LogTail()}",
        async () => (await _cluster.Kubectl().RunAsync(
            "get", "node", Name, "-o", "jsonpath={.status.conditions[?(@.type==\"Ready\")].status}")).Text,
        status => status == ready, TimeSpan.FromMinutes(3));

    public string LogTail(int lines = 40) =>
        File.Exists(LogFile) ? string.Join('\n', File.ReadLines(LogFile).TakeLast(lines)) : "(no log)";

    public async ValueTask DisposeAsync()
    {
        if (_process is { HasExited: false })
        {
            await KillAsync();
        }

        _process?.Dispose();
        string[] down = ["--purge", "--data-dir", DataDirectory];
        (await Tool.RunAsync(Places.Script("down"), down, timeout: TimeSpan.FromMinutes(3))).Ok();
        Directory.Delete(_scratch, recursive: true);
    }

    private async Task EndAsync(string signal)
    {
        (await Tool.RunAsync("/bin/kill", [signal, $"{_process!.Id}"])).Ok();
        using var deadline = new CancellationTokenSource(StopBound);
        await _process.WaitForExitAsync(deadline.Token);
    }

    /// <summary>As a join of the machine would.</summary>
    private void Issue(string file, string usage)
    {
        using var authority = X509Certificate2.CreateFromPemFile(
            Path.Combine(_cluster.DataDirectory, "pki/ca.crt"), Path.Combine(_cluster.DataDirectory, "pki/ca.key"));
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest(
            $"O=system:nodes, CN=system:node:{Name}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid(usage)], false));
        if (usage == ServerUsage)
        {
            var names = new SubjectAlternativeNameBuilder();
            names.AddDnsName(Name);
            names.AddIpAddress(IPAddress.Parse(Address));
            request.CertificateExtensions.Add(names.Build());
        }

        using var issued = request.Create(
            authority, authority.NotBefore, authority.NotAfter, RandomNumberGenerator.GetBytes(15));
        File.WriteAllText(Path.Combine(Pki, $"{file}.crt"), issued.ExportCertificatePem());
        File.WriteAllText(Path.Combine(Pki, $"{file}.key"), key.ExportECPrivateKeyPem());
    }
}
