using System.Net;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using ActorOrchestrator.Api.Bootstrap;
using ActorOrchestrator.Api.Core;
using ActorOrchestrator.Gateway.Auth;
using ActorOrchestrator.Gateway.Joining;
using ActorOrchestrator.Gateway.Security;
using ActorOrchestrator.Gateway.Tests.Support;

namespace ActorOrchestrator.Gateway.Tests;

/// <summary>Machines that only run pods, at a running gateway: which certificates they get, and what these are good
/// for.</summary>
public sealed class NodeJoinTests : IAsyncLifetime
{
    private const string Leases = "/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases";

    private const string Token = "abcdef.0123456789abcdef";

    private readonly FakeMembership _membership = new();
    private RunningGateway _gateway = null!;

    public async ValueTask InitializeAsync()
    {
        _gateway = await RunningGateway.StartAsync(membership: _membership);
        _gateway.Cluster.Put(BootstrapToken.Parse(Token)!.ToSecret("node", null, ""));
    }

    public ValueTask DisposeAsync() => _gateway.DisposeAsync();

    [Fact]
    public async Task A_machine_keeps_its_keys_and_gets_certificates_of_its_name()
    {
        var keys = NodeRequests.Make("n1", [IPAddress.Parse("10.0.0.7")]);
        var grant = await JoinedAsync(keys);
        Assert.DoesNotContain("PRIVATE", JsonSerializer.Serialize(grant), StringComparison.Ordinal);
        using var client = X509Certificate2.CreateFromPem(grant.ClientCertificate, keys.ClientKey);
        using var server = X509Certificate2.CreateFromPem(grant.ServerCertificate, keys.ServerKey);
        Assert.Equal("O=system:nodes, CN=system:node:n1", client.Subject);
        Assert.Equal(("1.3.6.1.5.5.7.3.2", "1.3.6.1.5.5.7.3.1"), (PurposeOf(client), PurposeOf(server)));
        Assert.True(server.MatchesHostname("n1") && server.MatchesHostname("10.0.0.7"));
        Assert.False(server.MatchesHostname("10.0.0.8"));

        using var node = With(client);
        Assert.Equal(404, (await _gateway.SendAsync("GET", "/api/v1/nodes/n1", client: node)).Code);
        Assert.Equal(403, (await _gateway.SendAsync("GET", $"{Leases}/n2", client: node)).Code);
        using var wrong = With(server);
        Assert.Equal(401, (await _gateway.SendAsync("GET", "/api/v1/nodes/n1", client: wrong)).Code);
    }

    [Theory]
    [InlineData("n2", "n2", "10.0.0.7", "may ask for O=system:nodes, CN=system:node:n1 only")]
    [InlineData("n1", "n2", "10.0.0.7", "may have the name n1 and addresses, and no other names")]
    [InlineData("n1", "n1", "10.0.0.1", "the address 10.0.0.1 is the control plane's, or another node's")]
    [InlineData("n1", "n1", "127.0.0.1", "the address 127.0.0.1 is the control plane's, or another node's")]
    [InlineData("localhost", "localhost", "10.0.0.7", "localhost is a name of the control plane")]
    public async Task No_machine_gets_a_certificate_for_what_is_not_its_own(
        string subject, string host, string address, string why)
    {
        var named = subject == "n2" ? "n1" : subject;
        var mine = NodeRequests.Make(subject, [IPAddress.Parse(address)]);
        var keys = mine with { ServerRequest = host == subject ? mine.ServerRequest : Relabelled(subject, host) };
        var answer = await PostAsync("/join", named, keys, Bearer());
        Assert.Equal(400, answer.Code);
        Assert.Contains(why, answer.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Who_has_not_the_key_gets_nothing_for_it()
    {
        var keys = NodeRequests.Make("n1", []);
        var der = PemEncoding.Find(keys.ClientRequest);
        var bytes = Convert.FromBase64String(keys.ClientRequest[der.Base64Data]);
        bytes[^1] ^= 1;
        var forged = PemEncoding.WriteString("CERTIFICATE REQUEST", bytes);
        var answer = await PostAsync("/join", "n1", keys with { ClientRequest = forged }, Bearer());
        Assert.Equal(400, answer.Code);
        Assert.Contains("cannot be read", answer.Message, StringComparison.Ordinal);
        Assert.Equal(400, (await PostAsync("/join", "n1", keys with { ServerRequest = "" }, Bearer())).Code);
    }

    [Fact]
    public async Task A_machine_renews_its_own_certificates_and_no_others()
    {
        using var node = With(await ClientOfAsync("n1"));
        var renewed = await PostAsync("/join/renewal", "n2", NodeRequests.Make("n1", []), node);
        Assert.Equal(200, renewed.Code);
        Assert.StartsWith("-----BEGIN CERTIFICATE", renewed.At("clientCertificate"), StringComparison.Ordinal);
        var other = await PostAsync("/join/renewal", "n2", NodeRequests.Make("n2", []), node);
        Assert.Equal(400, other.Code);
        using var jane = _gateway.NewClient(RunningGateway.UserToken);
        Assert.Equal(403, (await PostAsync("/join/renewal", "n1", NodeRequests.Make("n1", []), jane)).Code);
        Assert.Equal(403, (await PostAsync("/join/renewal", "n1", NodeRequests.Make("n1", []), Bearer())).Code);
        var admin = await PostAsync("/join/renewal", "n1", NodeRequests.Make("n1", []), _gateway.Client);
        Assert.Equal(403, admin.Code);
    }

    [Fact]
    public async Task One_that_was_removed_is_not_believed_and_one_that_joined_since_is()
    {
        var issued = DateTimeOffset.UtcNow.AddMinutes(-1);
        _membership.Life = CertificateLife.Issued(issued, TimeSpan.FromHours(1));
        using var before = With(await ClientOfAsync("n1"));
        Assert.Equal(404, (await _gateway.SendAsync("GET", "/api/v1/nodes/n1", client: before)).Code);
        var removal = (Domain.Create)RemovedNodes.List.Removal(
            _gateway.Cluster.View, "n1", issued.AddSeconds(30), TimeSpan.FromHours(1));
        _gateway.Cluster.Put(removal.Object);
        var refused = await _gateway.SendAsync("GET", "/api/v1/nodes/n1", client: before);
        Assert.Equal(401, refused.Code);
        Assert.Contains("was removed from the cluster", refused.Message, StringComparison.Ordinal);
        Assert.Equal(401, (await PostAsync("/join/renewal", "n1", NodeRequests.Make("n1", []), before)).Code);

        _membership.Life = CertificateLife.Issued(
            RemovedNodes.NextIssue(_gateway.Cluster.View, "n1", issued), TimeSpan.FromHours(1));
        using var since = With(await ClientOfAsync("n1"));
        Assert.Equal(404, (await _gateway.SendAsync("GET", "/api/v1/nodes/n1", client: since)).Code);
        Assert.Equal(401, (await _gateway.SendAsync("GET", "/api/v1/nodes/n1", client: before)).Code);
    }

    [Fact]
    public async Task A_machine_takes_itself_out_and_nobody_else()
    {
        using var node = With(await ClientOfAsync("n1"));
        Assert.Equal(403, (await _gateway.SendAsync("DELETE", "/members/n2", client: node)).Code);
        Assert.Equal(403, (await _gateway.SendAsync("GET", "/members", client: node)).Code);
        Assert.Null(_membership.Removed);
        var left = await _gateway.SendAsync("DELETE", "/members/n1", client: node);
        Assert.Equal((200, true), (left.Code, _membership.IsOwn));
        Assert.DoesNotContain("items", left.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_removal_is_kept_for_as_long_as_a_certificate_holds()
    {
        var now = DateTimeOffset.UtcNow;
        var keep = TimeSpan.FromHours(1);
        var view = _gateway.Cluster.View;
        _gateway.Cluster.Put(((Domain.Create)RemovedNodes.List.Removal(view, "old", now - (2 * keep), keep)).Object);
        _gateway.Cluster.Change(
            ((Domain.Replace)RemovedNodes.List.Removal(view, "young", now - (keep / 2), keep)).Object);
        var next = (ConfigMap)((Domain.Replace)RemovedNodes.List.Removal(view, "now", now, keep)).Object;
        Assert.Equal(["now", "young"], next.Data.Keys.Order(StringComparer.Ordinal));
        var back = (ConfigMap)((Domain.Replace)RemovedNodes.List.Return(view, "young")!).Object;
        Assert.Empty(back.Data);
        Assert.Null(RemovedNodes.List.Return(view, "now"));
    }

    [Theory]
    [InlineData(0, 75)]
    [InlineData(0.5, 80)]
    [InlineData(1, 85)]
    public void Certificates_are_renewed_when_about_four_fifths_of_their_life_are_over(double draw, int minutes)
    {
        var issued = DateTimeOffset.UnixEpoch.AddYears(1);
        var life = CertificateLife.Issued(issued, TimeSpan.FromMinutes(100));
        Assert.Equal(issued, life.IssuedAt);
        Assert.Equal(issued.AddMinutes(minutes), life.RenewAt(draw), TimeSpan.FromMilliseconds(1));
    }

    private static string PurposeOf(X509Certificate2 certificate) => Assert.Single(
        certificate.Extensions.OfType<X509EnhancedKeyUsageExtension>().Single().EnhancedKeyUsages
            .Cast<Oid>()).Value!;

    /// <summary>A request of one node for the name of another.</summary>
    private static string Relabelled(string subject, string host)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest(
            $"O=system:nodes, CN=system:node:{subject}", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(host);
        request.CertificateExtensions.Add(names.Build());
        return request.CreateSigningRequestPem();
    }

    private async Task<X509Certificate2> ClientOfAsync(string node)
    {
        var keys = NodeRequests.Make(node, [IPAddress.Parse("10.0.0.7")]);
        return X509Certificate2.CreateFromPem((await JoinedAsync(keys, node)).ClientCertificate, keys.ClientKey);
    }

    private async Task<NodeGrant> JoinedAsync(NodeRequests keys, string node = "n1")
    {
        var answer = await PostAsync("/join", node, keys, Bearer());
        Assert.Equal(200, answer.Code);
        return JsonSerializer.Deserialize<NodeGrant>(answer.Text, JsonSerializerOptions.Web)!;
    }

    private Task<Answer> PostAsync(string path, string node, NodeRequests keys, HttpClient client) =>
        _gateway.SendAsync(
            "POST", path,
            JsonSerializer.Serialize(
                new JoinRequest
                {
                    Role = JoinRequest.NodeOnly, Node = node, ClientRequest = keys.ClientRequest,
                    ServerRequest = keys.ServerRequest,
                },
                JsonSerializerOptions.Web),
            client: client);

    private HttpClient Bearer() => _gateway.NewClient(Token);

    private HttpClient With(X509Certificate2 certificate) => new(new SocketsHttpHandler
    {
        SslOptions = new SslClientAuthenticationOptions
        {
            ClientCertificates = [certificate],
            RemoteCertificateValidationCallback = (_, shown, _, _) => shown is not null,
        },
    })
    {
        BaseAddress = _gateway.Address,
    };
}
