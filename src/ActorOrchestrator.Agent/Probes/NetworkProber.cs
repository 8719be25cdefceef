using System.Net.Http.Headers;
using System.Net.Security;
using System.Net.Sockets;
using ActorOrchestrator.Api.Core;
using Grpc.Core;
using Grpc.Health.V1;
using Grpc.Net.Client;

namespace ActorOrchestrator.Agent.Probes;

/// <summary>
/// Probes over real sockets. Every probe uses a connection of its own: a kept one would hide a dead listener.
/// </summary>
public sealed class NetworkProber(TimeProvider time, string version) : INetworkProber
{
    private const int MaxRedirects = 10;

    public async Task<ProbeOutcome> HttpGetAsync(
        Uri address, IReadOnlyList<HTTPHeader> headers, TimeSpan timeout, CancellationToken cancellation)
    {
        using var limit = new CancellationTokenSource(timeout, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellation);
        using var client = new HttpClient(Handler()) { Timeout = Timeout.InfiniteTimeSpan };
        var target = address;
        try
        {
            for (var i = 0; ; i++)
            {
                using var request = Request(target, headers);
                using var response = await client.SendAsync(
                    request, HttpCompletionOption.ResponseHeadersRead, both.Token);
                var code = (int)response.StatusCode;
                if (code is < 200 or >= 400)
                {
                    return new ProbeOutcome(false, $"HTTP probe failed with statuscode: {code}");
                }

                var next = code >= 300 && response.Headers.Location is { } location ? new Uri(target, location) : null;
                if (next is null || next.Host != address.Host)
                {
                    return new ProbeOutcome(true, "");
                }

                if (i == MaxRedirects)
                {
                    return new ProbeOutcome(false, $"Get \"{next}\": stopped after {MaxRedirects} redirects");
                }

                target = next;
            }
        }
        catch (HttpRequestException failed)
        {
            return new ProbeOutcome(false, $"Get \"{target}\": {Cause(failed, target.Host, target.Port)}");
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested)
        {
            return new ProbeOutcome(false, $"Get \"{target}\": context deadline exceeded "
                + "(Client.Timeout exceeded while awaiting headers)");
        }
    }

    public async Task<ProbeOutcome> TcpConnectAsync(
        string host, int port, TimeSpan timeout, CancellationToken cancellation)
    {
        using var limit = new CancellationTokenSource(timeout, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellation);
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(host, port, both.Token);
            return new ProbeOutcome(true, "");
        }
        catch (SocketException refused)
        {
            return new ProbeOutcome(false, DialError(refused, host, port));
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested)
        {
            return new ProbeOutcome(false, $"dial tcp {host}:{port}: i/o timeout");
        }
    }

    public async Task<ProbeOutcome> GrpcCheckAsync(
        string host, int port, string service, TimeSpan timeout, CancellationToken cancellation)
    {
        using var limit = new CancellationTokenSource(timeout, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellation);
        var bracketed = host.Contains(':') ? $"[{host}]" : host;
        using var channel = GrpcChannel.ForAddress($"http://{bracketed}:{port}", new GrpcChannelOptions
        {
            HttpHandler = new NamedAgent(Handler(), Agent), DisposeHttpClient = true,
        });
        var where = $"{host}:{port}";
        try
        {
            var answer = await new Health.HealthClient(channel).CheckAsync(
                new HealthCheckRequest { Service = service }, cancellationToken: both.Token);
            return GrpcHealth.Outcome(answer.Status);
        }
        catch (RpcException) when (cancellation.IsCancellationRequested)
        {
            throw new OperationCanceledException(cancellation);
        }
        catch (RpcException) when (limit.IsCancellationRequested)
        {
            return new ProbeOutcome(false,
                $"timeout: failed to connect service \"{where}\" within {timeout.TotalSeconds}s: "
                + "context deadline exceeded");
        }
        catch (RpcException failed) when (failed.Status.DebugException is { } broken)
        {
            return new ProbeOutcome(false,
                $"error: this pod did not answer a health check on {where}: {Cause(broken, host, port)}");
        }
        catch (RpcException refused)
        {
            return GrpcHealth.Refusal(refused.Status);
        }
    }

    private string Agent => $"kube-probe/{version}";

    private static SocketsHttpHandler Handler()
    {
        // A probe asks whether the server answers, not who it is (Kubernetes: certificate verification is skipped).
#pragma warning disable CA5359
        return new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseProxy = false,
            UseCookies = false,
            PooledConnectionLifetime = TimeSpan.Zero,
            SslOptions = new SslClientAuthenticationOptions
            {
                RemoteCertificateValidationCallback = (_, _, _, _) => true,
            },
        };
#pragma warning restore CA5359
    }

    private HttpRequestMessage Request(Uri target, IReadOnlyList<HTTPHeader> headers)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, target);
        foreach (var header in headers)
        {
            if (header.Name.Equals("Host", StringComparison.OrdinalIgnoreCase))
            {
                request.Headers.Host = header.Value;
            }
            else
            {
                request.Headers.TryAddWithoutValidation(header.Name, header.Value);
            }
        }

        if (!request.Headers.Contains("User-Agent"))
        {
            request.Headers.TryAddWithoutValidation("User-Agent", Agent);
        }

        if (request.Headers.Accept.Count == 0)
        {
            request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("*/*"));
        }

        request.Headers.ConnectionClose = true;
        return request;
    }

    private static string Cause(Exception failed, string host, int port) =>
        (failed as SocketException ?? failed.InnerException as SocketException) is { } refused
            ? DialError(refused, host, port)
            : failed.InnerException?.Message ?? failed.Message;

    private static string DialError(SocketException refused, string host, int port) =>
        $"dial tcp {host}:{port}: connect: {refused.SocketErrorCode switch
        {
            SocketError.ConnectionRefused => "connection refused",
            SocketError.HostUnreachable => "no route to host",
            SocketError.NetworkUnreachable => "network is unreachable",
            SocketError.TimedOut => "connection timed out",
            _ => refused.Message,
        }}";

    /// <summary>The library always gives its own name, whatever the call's metadata say.</summary>
    private sealed class NamedAgent(HttpMessageHandler inner, string agent) : DelegatingHandler(inner)
    {
        protected override Task<HttpResponseMessage> SendAsync(
            HttpRequestMessage request, CancellationToken cancellationToken)
        {
            request.Headers.UserAgent.Clear();
            request.Headers.TryAddWithoutValidation("User-Agent", agent);
            return base.SendAsync(request, cancellationToken);
        }
    }
}
