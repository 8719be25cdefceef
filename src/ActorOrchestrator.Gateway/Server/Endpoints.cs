using System.Net;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;

namespace ActorOrchestrator.Gateway.Server;

/// <summary>Kestrel's set-up: TLS with our certificates, HTTP/1.1 and HTTP/2, and a bound on everything.</summary>
internal static class Endpoints
{
    private const int RequestLineBytesMax = 32 * 1024;
    private const int HeaderBytesMax = 64 * 1024;

    /// <summary>More than any body may have: so much of one that is too large is read, for its sender gets to see the
    /// refusal only when it has sent all.</summary>
    private const int BodyBytesRead = 4 * Errors.Failure.BodyBytesMax;

    private const int HeadersMax = 100;
    private const int ConnectionsMax = 20_000;

    /// <summary>client-go opens one connection a host and a stream for each watch.</summary>
    private const int StreamsPerConnectionMax = 1_000;

    private const double BytesPerSecondMin = 240;

    private static readonly TimeSpan SlowClientGrace = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan HandshakeTimeout = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan HeadersTimeout = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan KeepAliveTimeout = TimeSpan.FromMinutes(3);

    public static void Configure(
        KestrelServerOptions kestrel, IReadOnlyList<IPEndPoint> listen, Func<SslStreamCertificateContext> certificate)
    {
        kestrel.AddServerHeader = false;
        kestrel.AllowSynchronousIO = false;
        var limits = kestrel.Limits;
        limits.MaxConcurrentConnections = ConnectionsMax;
        limits.MaxRequestBodySize = BodyBytesRead;
        limits.MaxRequestLineSize = RequestLineBytesMax;
        limits.MaxRequestHeadersTotalSize = HeaderBytesMax;
        limits.MaxRequestHeaderCount = HeadersMax;
        limits.RequestHeadersTimeout = HeadersTimeout;
        limits.KeepAliveTimeout = KeepAliveTimeout;
        limits.MinRequestBodyDataRate = new MinDataRate(BytesPerSecondMin, SlowClientGrace);
        limits.MinResponseDataRate = new MinDataRate(BytesPerSecondMin, SlowClientGrace);
        limits.Http2.MaxStreamsPerConnection = StreamsPerConnectionMax;
        limits.Http2.KeepAlivePingDelay = TimeSpan.FromSeconds(30);
        limits.Http2.KeepAlivePingTimeout = TimeSpan.FromSeconds(20);
        foreach (var endpoint in listen)
        {
            kestrel.Listen(endpoint, at =>
            {
                at.Protocols = HttpProtocols.Http1AndHttp2;
                at.UseHttps(new TlsHandshakeCallbackOptions
                {
                    HandshakeTimeout = HandshakeTimeout,
                    OnConnection = _ => ValueTask.FromResult(Handshake(certificate())),
                });
            });
        }
    }

    /// <summary>Any certificate, or none, passes the handshake; the authenticator judges it, so that a wrong one is
    /// answered with a Status (401) instead of a TLS alert that no client explains.</summary>
    private static bool JudgedLater(
        object sender, X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors) =>
        certificate is null || errors is not SslPolicyErrors.RemoteCertificateNameMismatch;

    private static SslServerAuthenticationOptions Handshake(SslStreamCertificateContext certificate) => new()
    {
        ServerCertificateContext = certificate,
        ClientCertificateRequired = true,

        RemoteCertificateValidationCallback = JudgedLater,
        CertificateChainPolicy = new()
        {
            DisableCertificateDownloads = true,
            RevocationMode = X509RevocationMode.NoCheck,
        },
    };
}
