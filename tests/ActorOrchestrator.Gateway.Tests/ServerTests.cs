using System.Net.Security;
using System.Reflection;
using System.Security.Cryptography.X509Certificates;
using ActorOrchestrator.Gateway.Tests.Support;

namespace ActorOrchestrator.Gateway.Tests;

/// <summary>TLS, authentication and authorization of a running gateway.</summary>
public sealed class ServerTests
{
    [Fact]
    public async Task Serves_its_version_to_anyone()
    {
        await using var gateway = await RunningGateway.StartAsync();
        using var anonymous = gateway.NewClient(token: null);
        var answer = await gateway.SendAsync("GET", "/version", client: anonymous);
        Assert.Equal(200, answer.Code);
        Assert.Equal("v1.35.2+actor-orchestrator", answer.At("gitVersion"));
        Assert.Equal("35", answer.At("minor"));
        var build = typeof(ApiPipeline).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!
            .InformationalVersion.Split('+');
        Assert.Equal(build.Length == 2 ? build[1] : "", answer.At("gitCommit"));
        Assert.Contains(answer.At("gitTreeState"), build.Length == 2 ? ["clean", "dirty"] : new[] { "" });
    }

    [Theory]
    [InlineData("/api")]
    [InlineData("/api/v1/pods")]
    [InlineData("/metrics")]
    [InlineData("/nothing")]
    public async Task Anonymous_requests_get_401_as_a_Status(string path)
    {
        await using var gateway = await RunningGateway.StartAsync();
        using var anonymous = gateway.NewClient(token: null);
        var answer = await gateway.SendAsync("GET", path, client: anonymous);
        Assert.Equal(401, answer.Code);
        Assert.Equal("Status", answer.At("kind"));
        Assert.Equal("Unauthorized", answer.Reason);
    }

    [Fact]
    public async Task A_wrong_token_is_401_even_where_health_is_open()
    {
        await using var gateway = await RunningGateway.StartAsync();
        using var wrong = gateway.NewClient("guess");
        Assert.Equal(401, (await gateway.SendAsync("GET", "/api/v1/pods", client: wrong)).Code);
        Assert.Equal(200, (await gateway.SendAsync("GET", "/livez", client: wrong)).Code);
    }

    [Fact]
    public async Task A_user_who_is_no_master_is_told_what_is_forbidden()
    {
        await using var gateway = await RunningGateway.StartAsync();
        using var jane = gateway.NewClient(RunningGateway.UserToken);
        var answer = await gateway.SendAsync("GET", "/api/v1/namespaces/default/pods", client: jane);
        Assert.Equal(403, answer.Code);
        Assert.Equal(
            "pods is forbidden: User \"jane\" cannot list resource \"pods\" in API group \"\" "
            + "in the namespace \"default\"",
            answer.Message);
        Assert.Equal("pods", answer.At("details.kind"));
        var scoped = await gateway.SendAsync("DELETE", "/api/v1/nodes/n1", client: jane);
        Assert.Equal(
            "nodes \"n1\" is forbidden: User \"jane\" cannot delete resource \"nodes\" in API group \"\" "
            + "at the cluster scope",
            scoped.Message);
        Assert.Equal(
            "forbidden: User \"jane\" cannot get path \"/metrics\"",
            (await gateway.SendAsync("GET", "/metrics", client: jane)).Message);
        Assert.Equal(200, (await gateway.SendAsync("GET", "/apis", client: jane)).Code);
    }

    [Fact]
    public async Task The_kubeconfigs_client_certificate_is_a_master()
    {
        await using var gateway = await RunningGateway.StartAsync();
        using var client = CertificateClient(gateway, "admin");
        var answer = await gateway.SendAsync("GET", "/api/v1/pods", client: client);
        Assert.Equal(200, answer.Code);
        Assert.Contains("client-certificate-data: ", await File.ReadAllTextAsync(
            gateway.KubeconfigFile, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_certificate_of_another_authority_is_401()
    {
        await using var gateway = await RunningGateway.StartAsync();
        await using var other = await RunningGateway.StartAsync();
        using var client = CertificateClient(gateway, "admin", other.PkiDirectory);
        Assert.Equal(401, (await gateway.SendAsync("GET", "/api/v1/pods", client: client)).Code);
    }

    [Fact]
    public async Task The_servers_certificate_names_what_clients_call_it()
    {
        await using var gateway = await RunningGateway.StartAsync(options => options with
        {
            ServerNames = ["api.example.com"],
        });
        using var certificate = X509CertificateLoader.LoadCertificateFromFile(
            Path.Combine(gateway.PkiDirectory, "apiserver.crt"));
        string[] names = ["localhost", "127.0.0.1", "kubernetes.default.svc", "10.96.0.1", "api.example.com"];
        foreach (var name in names)
        {
            Assert.True(certificate.MatchesHostname(name), name);
        }
    }

    [Fact]
    public async Task Health_tells_which_check_failed()
    {
        string? problem = null;
        await using var gateway = await RunningGateway.StartAsync(options => options with
        {
            HealthChecks = [new HealthCheck("log", () => problem)],
        });
        Assert.Equal("ok", (await gateway.GetAsync("/readyz")).Text);
        Assert.Contains("[+]log ok\n", (await gateway.GetAsync("/readyz?verbose")).Text);
        problem = "disk full";
        var failed = await gateway.GetAsync("/readyz");
        Assert.Equal(500, failed.Code);
        Assert.Contains("[-]log failed: disk full\n", failed.Text);
        Assert.Equal(200, (await gateway.GetAsync("/livez")).Code);
        Assert.Equal(500, (await gateway.GetAsync("/readyz/log")).Code);
        Assert.Equal(200, (await gateway.GetAsync("/readyz?exclude=log")).Code);
        Assert.Equal(404, (await gateway.GetAsync("/readyz/nothing")).Code);
    }

    [Fact]
    public async Task Metrics_count_requests_by_verb_resource_and_code()
    {
        await using var gateway = await RunningGateway.StartAsync();
        await gateway.GetAsync("/api/v1/namespaces/default/configmaps/absent");
        var text = (await gateway.GetAsync("/metrics")).Text;
        Assert.Contains("apiserver_request_total{code=\"404\",resource=\"configmaps\",verb=\"get\"} ", text);
        Assert.Contains("# HELP apiserver_request_total Requests answered.\n", text);
        Assert.Contains("# TYPE apiserver_request_duration_seconds histogram\n", text);
        Assert.Contains("# TYPE apiserver_current_inflight_requests gauge\n", text);
        Assert.Contains("\nprocess_resident_memory_bytes{} ", text);
        Assert.Contains("\nprocess_cpu_seconds_total{} ", text);
        Assert.Equal(
            "0.0005 0.001 0.0025 0.005 0.01 0.025 0.05 0.1 0.25 0.5 1 2.5 5 10 30 60 +Inf",
            string.Join(' ', text.Split('\n')
                .Where(line => line.StartsWith(
                    "apiserver_request_duration_seconds_bucket{resource=\"configmaps\",verb=\"get\",",
                    StringComparison.Ordinal))
                .Select(line => line.Split("le=\"")[1].Split('"')[0])));
    }

    [Theory]
    [InlineData("", "text/plain; version=0.0.4; charset=utf-8")]
    [InlineData("application/openmetrics-text; version=1.0.0", "application/openmetrics-text; version=1.0.0;")]
    public async Task Metrics_come_in_the_format_that_is_asked_for(string accept, string contentType)
    {
        await using var gateway = await RunningGateway.StartAsync();
        var answer = await gateway.GetAsync("/metrics", accept);
        Assert.StartsWith(contentType, answer.Header("Content-Type"), StringComparison.Ordinal);
    }

    private static HttpClient CertificateClient(RunningGateway gateway, string name, string? pki = null)
    {
        var directory = pki ?? gateway.PkiDirectory;
        using var authority = X509CertificateLoader.LoadCertificateFromFile(
            Path.Combine(gateway.PkiDirectory, "ca.crt"));
        var certificate = X509Certificate2.CreateFromPemFile(
            Path.Combine(directory, name + ".crt"), Path.Combine(directory, name + ".key"));
        var trusted = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            RevocationMode = X509RevocationMode.NoCheck,
        };
        trusted.CustomTrustStore.Add(X509CertificateLoader.LoadCertificate(authority.RawData));
        return new HttpClient(new SocketsHttpHandler
        {
            SslOptions = new SslClientAuthenticationOptions
            {
                ClientCertificates = [certificate],
                CertificateChainPolicy = trusted,
            },
        })
        {
            BaseAddress = gateway.Address,
        };
    }
}
