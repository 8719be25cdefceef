using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using ActorOrchestrator.Api;
using ActorOrchestrator.Gateway.Auth;
using ActorOrchestrator.Gateway.Errors;
using ActorOrchestrator.Gateway.Security;
using Microsoft.AspNetCore.Http;
using Yarp.ReverseProxy.Forwarder;

namespace ActorOrchestrator.Gateway.Forwarding;

/// <summary>
/// Passes whole requests on to another member's API, or to a machine that only runs pods, upgrades to WebSocket and
/// SPDY among them. This member shows its own certificate and says who asked it (<see cref="ForwardedIdentity"/>); the
/// other judges that anew. A member must show a certificate of the cluster's authority that is no node's; a node one
/// that names it, since what its Node says of addresses it says itself.
/// </summary>
internal sealed class MemberCalls : IDisposable
{
    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(5);

    /// <summary>Who serves a stream ends it; a quiet one is not to end on the way.</summary>
    private static readonly ForwarderRequestConfig Unhurried = new()
    {
        ActivityTimeout = TimeSpan.FromDays(40), Version = HttpVersion.Version11,
        VersionPolicy = HttpVersionPolicy.RequestVersionExact,
    };

    /// <summary>Where a node listens: its requests name it as their host.</summary>
    private static readonly HttpRequestOptionsKey<IPEndPoint> Place = new("place");

    private readonly IHttpForwarder _forwarder;
    private readonly HttpMessageInvoker _members;
    private readonly HttpMessageInvoker _nodes;

    public MemberCalls(IHttpForwarder forwarder, Pki pki)
    {
        _forwarder = forwarder;
        var toMembers = Handler(pki);
        toMembers.SslOptions.RemoteCertificateValidationCallback = (_, shown, _, _) => IsMember(pki, shown);
        _members = new HttpMessageInvoker(toMembers);
        var toNodes = Handler(pki);
        toNodes.SslOptions.RemoteCertificateValidationCallback = (_, shown, _, errors) =>
            !errors.HasFlag(SslPolicyErrors.RemoteCertificateNameMismatch) && IsServer(pki, shown);
        toNodes.ConnectCallback = ConnectToNodeAsync;
        _nodes = new HttpMessageInvoker(toNodes);
    }

    /// <summary>Ends when the other member's answer has been passed on whole, or the connection is over.</summary>
    /// <exception cref="StatusException">503 when it does not answer.</exception>
    public Task ForwardAsync(HttpContext http, Identity who, IPEndPoint member) => ForwardAsync(
        http, $"https://{member}", _members, new AsUser(who, null),
        $"the member at {member}, on whose machine the pod runs,");

    /// <summary>The same to a machine that only runs pods.</summary>
    /// <exception cref="StatusException">503 when it does not answer, or is another one.</exception>
    public Task ForwardToNodeAsync(HttpContext http, Identity who, string node, IPEndPoint place) => ForwardAsync(
        http, $"https://{node}:{place.Port}", _nodes, new AsUser(who, place),
        $"the machine of node {node}, at {place},");

    public void Dispose()
    {
        _members.Dispose();
        _nodes.Dispose();
    }

    private async Task ForwardAsync(
        HttpContext http, string to, HttpMessageInvoker client, AsUser transformer, string whom)
    {
        var error = await _forwarder.SendAsync(http, to, client, Unhurried, transformer);
        if (error != ForwarderError.None && !http.Response.HasStarted && !http.RequestAborted.IsCancellationRequested)
        {
            http.Response.Clear();
            throw new StatusException(Statuses.ServiceUnavailable($"{whom} does not answer ({error})"));
        }
    }

    /// <summary>New connections show this member's certificate of then, and trust whom it trusts then.</summary>
    private static SocketsHttpHandler Handler(Pki pki) => new()
    {
        UseProxy = false,
        UseCookies = false,
        AllowAutoRedirect = false,
        AutomaticDecompression = DecompressionMethods.None,
        ConnectTimeout = ConnectTimeout,
        SslOptions = new SslClientAuthenticationOptions
        {
            LocalCertificateSelectionCallback = (_, _, _, _, _) => pki.Member,
            CertificateChainPolicy = new()
            {
                DisableCertificateDownloads = true, RevocationMode = X509RevocationMode.NoCheck,
            },
        },
    };

    /// <summary>Any member's server will do: it is found by the Lease that its member holds. Nodes have certificates of
    /// the same authority.</summary>
    private static bool IsMember(Pki pki, X509Certificate? certificate) =>
        IsServer(pki, certificate) && certificate is X509Certificate2 shown
        && !SubjectName.Has(shown, NodeIdentity.Group);

    private static bool IsServer(Pki pki, X509Certificate? certificate) =>
        certificate is X509Certificate2 shown && pki.IsServer(shown);

    private static async ValueTask<Stream> ConnectToNodeAsync(
        SocketsHttpConnectionContext context, CancellationToken cancellation)
    {
        if (!context.InitialRequestMessage.Options.TryGetValue(Place, out var place))
        {
            throw new InvalidOperationException($"{context.DnsEndPoint} is asked without its address");
        }

        var socket = new Socket(place.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(place, cancellation);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch (Exception)
        {
            socket.Dispose();
            throw;
        }
    }

    private sealed class AsUser(Identity who, IPEndPoint? place) : HttpTransformer
    {
        public override async ValueTask TransformRequestAsync(
            HttpContext httpContext, HttpRequestMessage proxyRequest, string destinationPrefix,
            CancellationToken cancellationToken)
        {
            await base.TransformRequestAsync(httpContext, proxyRequest, destinationPrefix, cancellationToken);
            if (place is not null)
            {
                proxyRequest.Options.Set(Place, place);
            }

            var headers = proxyRequest.Headers;
            headers.Host = null;
            headers.Remove("Authorization");
            foreach (var name in httpContext.Request.Headers.Keys.Where(Impersonation.IsHeader))
            {
                headers.Remove(name);
            }

            headers.Add(ForwardedIdentity.Header, ForwardedIdentity.Text(who));
        }

        /// <summary>What every answer here has, the other member has said too.</summary>
        public override ValueTask<bool> TransformResponseAsync(
            HttpContext httpContext, HttpResponseMessage? proxyResponse, CancellationToken cancellationToken)
        {
            httpContext.Response.Headers.Remove("Cache-Control");
            return base.TransformResponseAsync(httpContext, proxyResponse, cancellationToken);
        }
    }
}
