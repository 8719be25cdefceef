using System.Collections.Concurrent;
using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Core;
using ActorOrchestrator.Gateway.Security;
using ActorOrchestrator.Host.Remote;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace ActorOrchestrator.Host.Tests;

/// <summary>The connection of a machine that only runs pods to a member: real TLS, and a network that may be
/// cut.</summary>
public sealed class RemoteConnectionTests : IAsyncLifetime
{
    private static readonly CancellationToken Stop = TestContext.Current.CancellationToken;

    private static readonly X509Certificate2 Certificate = SelfSigned();

    private readonly ConcurrentQueue<string> _connections = new();
    private readonly TaskCompletionSource _isWatched = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _isToldOf = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private WebApplication _member = null!;
    private CutNetwork _network = null!;
    private int _port;

    public async ValueTask InitializeAsync()
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, at =>
        {
            at.Protocols = HttpProtocols.Http1AndHttp2;
            at.UseHttps(Certificate);
        }));
        builder.WebHost.UseShutdownTimeout(TimeSpan.FromSeconds(1));
        _member = builder.Build();
        _member.Run(AnswerAsync);
        await _member.StartAsync(Stop);
        var address = _member.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!
            .Addresses.Single();
        _port = new Uri(address).Port;
        _network = new CutNetwork(_port);
    }

    public async ValueTask DisposeAsync()
    {
        _network.Dispose();
        await _member.DisposeAsync();
    }

    [Fact]
    public async Task All_that_a_machine_asks_of_a_member_is_on_one_connection()
    {
        using var calls = Calls(_network.Port);
        await calls.SendAsync(HttpMethod.Get, "/one", null, Stop);
        using var watch = await calls.OpenAsync("/one?watch=true", Stop);
        using var pulse = await calls.OpenAsync(
            new HttpRequestMessage(HttpMethod.Post, new Uri(calls.Current, "/pulse")), Stop);
        await calls.SendAsync(HttpMethod.Get, "/two", null, Stop);
        Assert.Equal(4, _connections.Count);
        var only = Assert.Single(_connections.Distinct());
        Assert.StartsWith("HTTP/2 ", only, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_watch_whose_connection_is_cut_goes_on_at_another_member()
    {
        using var calls = Calls(_network.Port, _port);
        var reflector = new Reflector(
            calls, KindRegistry.Of<ConfigMap>(), "default", null, new Random(1), TimeProvider.System,
            NullLogger.Instance);

        // Without pings nobody would ever notice: the network takes all that is sent, and nothing comes.
        using var bound = CancellationTokenSource.CreateLinkedTokenSource(Stop);
        bound.CancelAfter(TimeSpan.FromMinutes(1));
        await using var seen = reflector.FollowAsync(bound.Token).GetAsyncEnumerator(bound.Token);
        Assert.True(await seen.MoveNextAsync());
        Assert.IsType<Seen.All>(seen.Current);
        var next = seen.MoveNextAsync().AsTask();
        await _isWatched.Task.WaitAsync(bound.Token);
        _network.Cut();
        _isToldOf.SetResult();
        Assert.True(await next);
        Assert.Equal("new", Assert.IsType<Seen.Changed>(seen.Current).Object.Metadata.Name);
        Assert.Equal(2, _connections.Distinct().Count());
    }

    private static ApiCalls Calls(params int[] ports) => new(
        [.. ports.Select(port => new Uri($"https://127.0.0.1:{port}"))],
        () => ApiCalls.Over(Certificate, AuthorityBundle.Of(Certificate)),
        0, TimeProvider.System, NullLogger.Instance);

    /// <summary>A list with nothing in it, and watches that tell of one object when the test says so.</summary>
    private async Task AnswerAsync(HttpContext http)
    {
        _connections.Enqueue($"{http.Request.Protocol} {http.Connection.Id}");
        if (http.Request.Query["watch"] != "true")
        {
            await http.Response.WriteAsync(
                """{"kind":"ConfigMapList","apiVersion":"v1","metadata":{"resourceVersion":"5"},"items":[]}""",
                http.RequestAborted);
            return;
        }

        await http.Response.StartAsync(http.RequestAborted);
        await http.Response.Body.FlushAsync(http.RequestAborted);
        _isWatched.TrySetResult();
        await _isToldOf.Task.WaitAsync(http.RequestAborted).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await http.Response.WriteAsync(
            """{"type":"ADDED","object":{"kind":"ConfigMap","apiVersion":"v1","metadata":"""
            + """{"name":"new","resourceVersion":"6"}}}""" + "\n",
            http.RequestAborted);
    }

    private static X509Certificate2 SelfSigned()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=test", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        using var made = request.CreateSelfSigned(
            DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        return X509CertificateLoader.LoadPkcs12(made.Export(X509ContentType.Pkcs12), null);
    }
}
