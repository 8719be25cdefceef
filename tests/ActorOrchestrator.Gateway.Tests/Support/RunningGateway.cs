using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using ActorOrchestrator.Actors.Entities;
using ActorOrchestrator.Actors.Nodes;
using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Core;
using ActorOrchestrator.Gateway.Joining;
using ActorOrchestrator.Gateway.Logs;
using ActorOrchestrator.Gateway.Server;
using ActorOrchestrator.Gateway.Streaming;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace ActorOrchestrator.Gateway.Tests.Support;

/// <summary>A gateway on a free port over a fake cluster, and a client that is an administrator.</summary>
internal sealed class RunningGateway : IAsyncDisposable
{
    public const string AdminToken = "admin-token";
    public const string UserToken = "user-token";
    public const string NodeToken = "node-token";

    private readonly DirectoryInfo _directory;

    private RunningGateway(DirectoryInfo directory, GatewayServer server, FakeCluster cluster)
    {
        (_directory, Server, Cluster) = (directory, server, cluster);
        Client = NewClient(AdminToken);
    }

    public GatewayServer Server { get; }

    public FakeCluster Cluster { get; }

    public HttpClient Client { get; }

    public string PkiDirectory => Path.Combine(_directory.FullName, "pki");

    public string KubeconfigFile => Path.Combine(_directory.FullName, "admin.kubeconfig");

    public Uri Address => new($"https://localhost:{Server.Addresses[0].Port}");

    public static async Task<RunningGateway> StartAsync(
        Func<GatewayOptions, GatewayOptions>? configure = null, INodeLogs? logs = null, INodeStreams? streams = null,
        IMembership? membership = null, ILoggerFactory? loggers = null, MachineWatch? machines = null)
    {
        var directory = Directory.CreateTempSubdirectory("gateway-test-");
        var tokens = Path.Combine(directory.FullName, "tokens.csv");
        await File.WriteAllTextAsync(
            tokens, $"{AdminToken},admin,1,\"system:masters\"\n{UserToken},jane,2,developers\n"
            + $"{NodeToken},system:node:n1,3,system:nodes\n");
        var options = new GatewayOptions
        {
            Listen = [new IPEndPoint(IPAddress.Loopback, 0)],
            PkiDirectory = Path.Combine(directory.FullName, "pki"),
            KubeconfigFile = Path.Combine(directory.FullName, "admin.kubeconfig"),
            TokenFile = tokens,
            FutureVersionWait = TimeSpan.FromMilliseconds(100),
        };
        var cluster = new FakeCluster(TimeProvider.System);
        var server = await GatewayServer.StartAsync(
            configure?.Invoke(options) ?? options,
            new ApiPorts(
                cluster, logs ?? new NoLogs(), TimeProvider.System, loggers ?? NullLoggerFactory.Instance)
            {
                Membership = membership,
                Machines = () => machines,
                Ids = new RandomIds(),
                Streams = streams,
                WatchEnds = new Random(1),
                PodsOn = node => [.. cluster.View.List(KindRegistry.Of<Pod>(), null).Objects.Cast<Pod>()
                    .Where(pod => pod.Spec.NodeName == node)],
            });
        return new RunningGateway(directory, server, cluster);
    }

    public HttpClient NewClient(string? token)
    {
        // Tests of TLS check the certificate themselves; the others only need the connection.
        var client = new HttpClient(new SocketsHttpHandler
        {
            SslOptions = { RemoteCertificateValidationCallback = (_, certificate, _, _) => certificate is not null },
        })
        {
            BaseAddress = Address,
            Timeout = TimeSpan.FromSeconds(30),
        };
        if (token is not null)
        {
            client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        }

        return client;
    }

    public async Task<Answer> SendAsync(
        string method, string path, string? body = null, string contentType = "application/json",
        string? accept = null, HttpClient? client = null)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        if (accept is not null)
        {
            request.Headers.TryAddWithoutValidation("Accept", accept);
        }

        if (body is not null)
        {
            request.Content = new ByteArrayContent(Encoding.UTF8.GetBytes(body));
            request.Content.Headers.TryAddWithoutValidation("Content-Type", contentType);
        }

        using var response = await (client ?? Client).SendAsync(request, TestContext.Current.CancellationToken);
        var text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        return new Answer((int)response.StatusCode, text, response);
    }

    public Task<Answer> GetAsync(string path, string? accept = null) => SendAsync("GET", path, accept: accept);

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await Server.DisposeAsync();
        _directory.Delete(recursive: true);
    }

    private sealed class NoLogs : INodeLogs
    {
        public ValueTask<NodeLog> OpenAsync(Api.Core.Pod pod, LogQuery query, CancellationToken cancellation) =>
            ValueTask.FromResult<NodeLog>(new NodeLog.Refused(Api.Statuses.InternalError("no logs in this test")));
    }
}

/// <summary>What came back.</summary>
internal sealed record Answer(int Code, string Text, HttpResponseMessage Response)
{
    public JsonNode Json => JsonNode.Parse(Text) ?? throw new InvalidOperationException("null is no answer");

    public string Message => Json["message"]?.ToString() ?? "";

    public string Reason => Json["reason"]?.ToString() ?? "";

    public string Header(string name) => Response.Headers.TryGetValues(name, out var values)
        || Response.Content.Headers.TryGetValues(name, out values)
            ? string.Join(", ", values)
            : "";

    /// <summary>The value at a dotted path; numbers are indexes.</summary>
    public string At(string path)
    {
        var node = Json;
        foreach (var step in path.Split('.'))
        {
            node = node is JsonArray list ? list[int.Parse(step)] : node?[step];
        }

        return node?.ToString() ?? "";
    }
}
