using System.Net;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using ActorOrchestrator.Api;
using ActorOrchestrator.Gateway.Auth;
using ActorOrchestrator.Gateway.Errors;
using ActorOrchestrator.Gateway.Security;
using Microsoft.AspNetCore.Http;
using Yarp.ReverseProxy.Forwarder;

namespace ActorOrchestrator.Gateway.Forwarding;

/// <summary>
/// Passes whole requests on to another member's API, upgrades to WebSocket and SPDY among them. This member shows its
/// own certificate and says who asked it (<see cref="ForwardedIdentity"/>); the other judges that anew. Only a server
/// with a certificate of the cluster's authority is talked to.
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

    private readonly IHttpForwarder _forwarder;
    private readonly HttpMessageInvoker _client;

    public MemberCalls(IHttpForwarder forwarder, Pki pki)
    {
        _forwarder = forwarder;
        _client = new HttpMessageInvoker(new SocketsHttpHandler
        {
            UseProxy = false,
            UseCookies = false,
            AllowAutoRedirect = false,
            AutomaticDecompression = DecompressionMethods.None,
            ConnectTimeout = ConnectTimeout,
            SslOptions = new SslClientAuthenticationOptions
            {
                ClientCertificates = [pki.Member],
                CertificateChainPolicy = new X509ChainPolicy
                {
                    TrustMode = X509ChainTrustMode.CustomRootTrust,
                    CustomTrustStore = { pki.Authority },
                    RevocationMode = X509RevocationMode.NoCheck,
                    DisableCertificateDownloads = true,
                },
                RemoteCertificateValidationCallback = IsOurs,
            },
        });
    }

    /// <summary>Ends when the other member's answer has been passed on whole, or the connection is over.</summary>
    /// <exception cref="StatusException">503 when it does not answer.</exception>
    public async Task ForwardAsync(HttpContext http, Identity who, IPEndPoint member)
    {
        var error = await _forwarder.SendAsync(http, $"https://{member}", _client, Unhurried, new AsUser(who));
        if (error != ForwarderError.None && !http.Response.HasStarted && !http.RequestAborted.IsCancellationRequested)
        {
            http.Response.Clear();
            throw new StatusException(Statuses.ServiceUnavailable(
                $"the member at {member}, on whose machine the pod runs, does not answer ({error})"));
        }
    }

    public void Dispose() => _client.Dispose();

    /// <summary>Any server of the cluster will do: it is found by the Lease that its member holds.</summary>
    private static bool IsOurs(
        object sender, X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors) =>
        (errors & ~SslPolicyErrors.RemoteCertificateNameMismatch) == SslPolicyErrors.None;

    private sealed class AsUser(Identity who) : HttpTransformer
    {
        public override async ValueTask TransformRequestAsync(
            HttpContext httpContext, HttpRequestMessage proxyRequest, string destinationPrefix,
            CancellationToken cancellationToken)
        {
            await base.TransformRequestAsync(httpContext, proxyRequest, destinationPrefix, cancellationToken);
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
