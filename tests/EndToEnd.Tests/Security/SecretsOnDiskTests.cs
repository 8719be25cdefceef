using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using ActorOrchestrator.EndToEnd.Tests.Harness;

namespace ActorOrchestrator.EndToEnd.Tests.Security;

/// <summary>Secrets made and changed in every way that kubectl has, given to containers in every way that pods have:
/// their values are on no disk and in no log, but for environments, which containerd keeps among its own
/// files.</summary>
[Collection(LayeredCluster.Collection)]
public sealed class SecretsOnDiskTests(LayeredCluster layered)
{
    /// <summary>What only containers' environments hold.</summary>
    private const string OfEnvironments = "environment-d41d8c\"<é>";

    private static readonly string[] Values =
    [
        "created-93fa\"<ä>\\4711", "string-data-0b5e\"<ö>\\4712", "applied-5d2c\"<ü>\\4713",
        "server-side-77ab\"<ß>", "patched-c901\"<ø>\\4714", "replaced-2e8d\"<å>\\4715",
        "registry-word-6f30\"<æ>", "projected-81c4\"<ñ>\\4716",
    ];

    private readonly string _key = NewKey();

    [Fact]
    public async Task Values_of_secrets_are_on_no_disk_and_in_no_log()
    {
        var cluster = layered.Cluster;
        var kubectl = cluster.Kubectl();
        await MakeSecretsAsync(kubectl);
        await UseSecretsAsync(kubectl);
        await ChangeSecretsAsync(kubectl);
        await FindsNothingAsync("while pods use them");
        Assert.Equal(Values[5], await ReadAsync(kubectl, "plain", "key"));

        await cluster.KillServerAsync();
        await FindsNothingAsync("after a crash");
        await cluster.StartServerAsync();
        await kubectl.WaitAsync("pod/user", "condition=Ready");
        Assert.Equal(Values[5], await ReadAsync(kubectl, "plain", "key"));
        Assert.Equal(Values[2], await ReadAsync(kubectl, "applied", "key"));
        await kubectl.OkAsync("delete", "pod", "user", "--now");
        await kubectl.OkAsync("delete", "secret", "--all");
        await FindsNothingAsync("after they were deleted");
        Assert.Equal(0, await cluster.StopServerAsync());
        await FindsNothingAsync("after the end");
        await cluster.StartServerAsync();
    }

    private static async Task MakeSecretsAsync(Kubectl kubectl)
    {
        await kubectl.OkAsync("create", "secret", "generic", "plain", $"--from-literal=key={Values[0]}");
        await kubectl.CreateAsync(SecretOf("string-data", Values[1]));
        await kubectl.ApplyAsync(SecretOf("applied", Values[2]));
        await kubectl.ApplyAsync(SecretOf("server-side", Values[3]), "--server-side");
        await kubectl.OkAsync("create", "secret", "docker-registry", "registry", "--docker-server=registry.example",
            "--docker-username=user", $"--docker-password={Values[6]}");
        await kubectl.ApplyAsync(SecretOf("projected", Values[7]));
        await kubectl.ApplyAsync(SecretOf("environment", OfEnvironments));
    }

    private async Task UseSecretsAsync(Kubectl kubectl)
    {
        var home = Directory.CreateDirectory(Places.NewScratch("tls")).FullName;
        var (key, certificate) = (Path.Combine(home, "key"), Path.Combine(home, "crt"));
        await File.WriteAllTextAsync(key, _key, TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(certificate, CertificateOf(_key), TestContext.Current.CancellationToken);
        await kubectl.OkAsync("create", "secret", "tls", "tls", $"--key={key}", $"--cert={certificate}");
        Directory.Delete(home, recursive: true);
        await kubectl.CreateAsync("""
            apiVersion: v1
            kind: Pod
            metadata: {name: user}
            spec:
              terminationGracePeriodSeconds: 2
              imagePullSecrets: [{name: registry}]
              containers:
              - name: main
                image: busybox:1.35
                command: [sh, -c, 'test -n "$WORD" && test -s /tls/tls.key && test -s /sub && exec sleep 100000']
                env: [{name: WORD, valueFrom: {secretKeyRef: {name: environment, key: key}}}]
                envFrom: [{prefix: ALL_, secretRef: {name: environment}}]
                volumeMounts:
                - {name: plain, mountPath: /plain}
                - {name: plain, mountPath: /sub, subPath: key}
                - {name: tls, mountPath: /tls}
                - {name: all, mountPath: /all}
                readinessProbe: {exec: {command: [cat, /all/applied]}, periodSeconds: 1}
              volumes:
              - {name: plain, secret: {secretName: plain}}
              - {name: tls, secret: {secretName: tls}}
              - name: all
                projected:
                  sources:
                  - secret: {name: projected}
                  - secret: {name: applied, items: [{key: key, path: applied}]}
                  - secret: {name: server-side, items: [{key: key, path: server-side}]}
            """);
        await kubectl.WaitAsync("pod/user", "condition=Ready");
    }

    private static async Task ChangeSecretsAsync(Kubectl kubectl)
    {
        var patch = System.Text.Json.JsonSerializer.Serialize(
            new { stringData = new { key = Values[4] } });
        await kubectl.OkAsync("patch", "secret", "plain", "--type=merge", "-p", patch);
        await kubectl.ApplyAsync(SecretOf("applied", Values[2], more: "other"));
        await kubectl.ApplyAsync(SecretOf("server-side", Values[3], more: "other"), "--server-side");
        (await kubectl.RunAsync(["replace", "-f", "-"], SecretOf("plain", Values[5]))).Ok();
        (await kubectl.RunAsync(["replace", "-f", "-"], SecretOf("plain", Values[5] + new string('x', 2_000_000))))
            .Fails("Too long");
    }

    private async Task FindsNothingAsync(string when)
    {
        string[] lines = [.. _key.Split('\n').Where(line => line.Length == 64)];
        Assert.NotEmpty(lines);
        var files = await FilesAsync();
        string[] auths = [Convert.ToBase64String(Encoding.UTF8.GetBytes("user:" + Values[6]))];
        var finds = new SecretSearch([.. Values, .. auths, .. lines]).In(files)
            .Concat(new SecretSearch(OfEnvironments).In(files).Where(find => !IsOfContainerd(find)));
        Assert.Empty(finds.Select(find => $"{when}: {find}"));
    }

    /// <summary>Every file that the server and its containerd have written anywhere, but for what is in
    /// memory.</summary>
    private async Task<IReadOnlyList<string>> FilesAsync()
    {
        var inside = await layered.Layers.ListAsync(layered.Cluster.DataDirectory);
        Assert.Contains(inside, entry => entry.Path.EndsWith("/journal.db", StringComparison.Ordinal));
        var outside = await layered.Layers.OutsideAsync();
        return
        [
            .. inside.Concat(outside).Where(entry => entry is { Type: 'f', IsMounted: false })
                .Where(entry => Path.GetFileName(entry.Path) != "lock")
                .Select(entry => layered.Layers.Seen(entry.Path)),
            layered.Cluster.LogFile,
        ];
    }

    private bool IsOfContainerd(string find) =>
        find.Contains($"{layered.Cluster.DataDirectory}/containerd/root/", StringComparison.Ordinal)
        || find.Contains($"{layered.Cluster.DataDirectory}/containerd/state/", StringComparison.Ordinal);

    private static string SecretOf(string name, string value, string more = "none") =>
        $$"""
        apiVersion: v1
        kind: Secret
        metadata: {name: {{name}}}
        stringData:
          more: {{more}}
          key: {{System.Text.Json.JsonSerializer.Serialize(value)}}
        """;

    private static async Task<string> ReadAsync(Kubectl kubectl, string secret, string key) =>
        Encoding.UTF8.GetString(Convert.FromBase64String(await kubectl.PathAsync($"secret/{secret}", $".data.{key}")));

    private static string NewKey()
    {
        using var key = RSA.Create(2048);
        return key.ExportPkcs8PrivateKeyPem();
    }

    private static string CertificateOf(string pem)
    {
        using var key = RSA.Create();
        key.ImportFromPem(pem);
        var request = new CertificateRequest("CN=tls", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        var (from, until) = (DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        return request.CreateSelfSigned(from, until).ExportCertificatePem();
    }
}
