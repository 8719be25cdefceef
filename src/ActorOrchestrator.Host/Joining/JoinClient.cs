using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using ActorOrchestrator.Api.Bootstrap;
using ActorOrchestrator.Api;
using ActorOrchestrator.Gateway.Joining;
using ActorOrchestrator.Gateway.Security;
using ActorOrchestrator.Host.Clients;
using ActorOrchestrator.Host.Serving;

namespace ActorOrchestrator.Host.Joining;

/// <summary>
/// Asks a member of a cluster to be let in. What it is asked first, by anyone, is the authority's certificate; nothing
/// is sent on that connection. Only if the certificate fits the token's pin is it asked again, and then it has to prove
/// that the authority signed its own certificate before the token is sent.
/// </summary>
internal sealed class JoinClient(Uri server, JoinToken token, TimeProvider time)
{
    /// <summary>Certificates, tokens and Leases are judged by clocks.</summary>
    private static readonly TimeSpan SkewMax = TimeSpan.FromMinutes(5);

    private static readonly TimeSpan AnswerWithin = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan ConnectWithin = TimeSpan.FromSeconds(10);

    /// <summary>A good token is refused there with 403, and a bad one with 401; what is open to anyone judges none.
    /// </summary>
    private const string NotForTokens = "/api";

    private readonly string _place = server.Authority;
    private IPAddress? _local;

    /// <summary>This machine's address, as the way to the server has it.</summary>
    public IPAddress LocalAddress => _local ?? throw new InvalidOperationException("the server was not asked yet");

    /// <returns>The authority that the token vouches for.</returns>
    /// <exception cref="ServerStartException">Why not, and what to do.</exception>
    public async Task<X509Certificate2> FindAuthorityAsync(CancellationToken cancellation)
    {
        using var http = new HttpClient(Handler(authority: null)) { BaseAddress = server, Timeout = AnswerWithin };
        using var response = await SendAsync(
            http, new HttpRequestMessage(HttpMethod.Get, "/join/authority"), cancellation);
        if (!response.IsSuccessStatusCode)
        {
            throw new ServerStartException(response.StatusCode == HttpStatusCode.NotFound
                ? $"the server at {_place} lets no machines join: its release is older than this one, or it is no "
                    + "orchestrator"
                : $"the server at {_place} does not show its authority: it answers {(int)response.StatusCode}");
        }

        RefuseSkew(response.Headers.Date);
        var authorities = Read(await response.Content.ReadAsStringAsync(cancellation));
        return AuthorityPin.Fits(authorities.Signer, token.Pin)
            ? authorities.Signer
            : throw new ServerStartException(authorities.Pins.Contains(token.Pin)
                ? $"the cluster's authority is being exchanged, and the token is of before: make another one "
                    + "('orchestrator token create' on a member). Nothing was sent"
                : $"the server at {_place} is of another cluster than the token: its "
                    + $"authority has the pin {authorities.Pins[0]}, and the token has {token.Pin}. Nothing was "
                    + "sent to it. Is the address right, and is the token this cluster's, made since its authority "
                    + "was exchanged last ('orchestrator token create' there)?");
    }

    /// <summary>What is wrong with the token, in words; null when it is good.</summary>
    public async Task<string?> FindTokenProblemAsync(CancellationToken cancellation)
    {
        try
        {
            using var authority = await FindAuthorityAsync(cancellation);
            using var http = new HttpClient(Handler(authority)) { BaseAddress = server, Timeout = AnswerWithin };
            using var response = await SendAsync(
                http, new HttpRequestMessage(HttpMethod.Get, NotForTokens) { Headers = { Authorization = Shown } },
                cancellation);
            return response.StatusCode == HttpStatusCode.Unauthorized
                ? Message(await response.Content.ReadAsByteArrayAsync(cancellation))
                : null;
        }
        catch (ServerStartException unknown)
        {
            return unknown.Message;
        }
    }

    private AuthenticationHeaderValue Shown => new("Bearer", $"{token.Token.Id}.{token.Token.Secret}");

    /// <typeparam name="TGrant">What a machine of the role gets.</typeparam>
    /// <exception cref="ServerStartException">Why not, and what to do.</exception>
    public async Task<TGrant> JoinAsync<TGrant>(
        X509Certificate2 authority, JoinRequest wanted, CancellationToken cancellation)
    {
        using var http = new HttpClient(Handler(authority)) { BaseAddress = server, Timeout = AnswerWithin };
        var request = new HttpRequestMessage(HttpMethod.Post, "/join")
        {
            Content = JsonContent.Create(wanted, options: JsonSerializerOptions.Web),
            Headers = { Authorization = Shown },
        };
        using var response = await SendAsync(http, request, cancellation);
        var body = await response.Content.ReadAsByteArrayAsync(cancellation);
        try
        {
            return response.IsSuccessStatusCode
                ? JsonSerializer.Deserialize<TGrant>(body, JsonSerializerOptions.Web)
                    ?? throw new JsonException("it is empty")
                : throw new ServerStartException($"the cluster does not let this machine join: {Message(body)}");
        }
        catch (JsonException wrong)
        {
            throw new ServerStartException($"the answer of {_place} cannot be read: {wrong.Message}", wrong);
        }
    }

    private static string Message(byte[] body) =>
        JsonSerializer.Deserialize<JsonElement>(body) is { ValueKind: JsonValueKind.Object } status
        && status.TryGetProperty("message", out var message)
            ? message.GetString() ?? ""
            : "it does not say why";

    private AuthorityBundle Read(string pem)
    {
        try
        {
            return AuthorityBundle.Parse(pem);
        }
        catch (CryptographicException wrong)
        {
            throw new ServerStartException(
                $"the server at {_place} shows no certificate of an authority: {wrong.Message}", wrong);
        }
    }

    private void RefuseSkew(DateTimeOffset? theirs)
    {
        var skew = theirs - time.GetUtcNow();
        if (skew?.Duration() > SkewMax)
        {
            throw new ServerStartException($"this machine's clock is at {time.GetUtcNow():u} and the cluster's at "
                + $"{theirs:u}: set it right, for certificates and tokens are judged by it, and join again");
        }
    }

    /// <param name="authority">Who has to have signed the server's certificate; null: that is asked for.</param>
    private SocketsHttpHandler Handler(X509Certificate2? authority)
    {
        var handler = authority is null
            ? new()
            : ApiConnection.HandlerOf(new(server, AuthorityBundle.Of(authority), null, null));
        handler.UseProxy = false;
        handler.AllowAutoRedirect = false;
        handler.ConnectTimeout = ConnectWithin;
        handler.ConnectCallback = ConnectAsync;
        handler.SslOptions.RemoteCertificateValidationCallback = (_, _, _, errors) =>
            authority is null || (errors & ~SslPolicyErrors.RemoteCertificateNameMismatch) == SslPolicyErrors.None;
        return handler;
    }

    private async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellation)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(context.DnsEndPoint, cancellation);
            var local = ((IPEndPoint)socket.LocalEndPoint!).Address;
            _local = local.IsIPv4MappedToIPv6 ? local.MapToIPv4() : local;
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private async Task<HttpResponseMessage> SendAsync(
        HttpClient http, HttpRequestMessage request, CancellationToken cancellation)
    {
        try
        {
            using (request)
            {
                return await http.SendAsync(request, cancellation);
            }
        }
        catch (HttpRequestException failure) when (failure.HttpRequestError == HttpRequestError.SecureConnectionError)
        {
            throw new ServerStartException($"no TLS with {_place}: {FailureWords.Of(failure)} (is that the "
                + "API's port? Are the clocks of both machines right?)", failure);
        }
        catch (HttpRequestException failure)
        {
            throw new ServerStartException($"no way to {_place}: {FailureWords.Of(failure)} (does a member serve the "
                + "API there? Does a firewall let this machine through?)", failure);
        }
        catch (OperationCanceledException failure) when (!cancellation.IsCancellationRequested)
        {
            throw new ServerStartException($"{_place} does not answer in time: is there a way from this machine to it, "
                + "and does a firewall let it through?", failure);
        }
    }
}
