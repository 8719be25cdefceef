using System.Globalization;
using System.Net;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using ActorOrchestrator.Agent;
using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Serialization;
using ActorOrchestrator.Gateway.Listing;
using ActorOrchestrator.Gateway.Security;
using Microsoft.Extensions.Logging;

namespace ActorOrchestrator.Host.Remote;

/// <summary>No member of the control plane answers. What is asked next time may be answered.</summary>
internal class ApiAwayException(string message) : ClusterAwayException(message);

/// <summary>A member says that it does not take this machine's certificate (401), and no other one takes it. Members
/// prove who they are by the cluster's authority, so that is the cluster's word.</summary>
internal sealed class ApiDisownedException(string message) : ApiAwayException(message);

/// <summary>What the API said.</summary>
internal sealed record ApiAnswer(int Code, byte[] Body)
{
    public bool IsDone => Code is >= 200 and < 300;

    /// <summary>The refusal's Status.</summary>
    public Status Refusal()
    {
        try
        {
            return KubeJson.Read<Status>(Body);
        }
        catch (KubeJsonException)
        {
            return Statuses.Failure(Code, StatusReasons.InternalError, $"the API answered {Code}");
        }
    }
}

/// <summary>
/// The way from a machine that only runs pods to the API: HTTPS with the machine's certificate to one of several
/// members, whose certificates the cluster's authority must have signed for the address that is asked. The one that
/// answered last is asked first; when it does not, or says that it cannot now, the next one is. That nobody answers,
/// that the cluster does not take this machine any more, and that it answers again is logged once each.
/// </summary>
internal sealed partial class ApiCalls : IDisposable
{
    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(3);

    /// <summary>A peer that is cut off is noticed after these two together, and the second or two between looks:
    /// then every watch on the connection has ended, and begins again elsewhere. Without that a watch waits for
    /// TCP, which after a cut of a minute is deaf for as long again.</summary>
    private static readonly TimeSpan PingAfter = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan PingTimeout = TimeSpan.FromSeconds(2);

    /// <summary>It answers again when nothing has failed for so long: more than machines take between two writes.
    /// </summary>
    private static readonly TimeSpan SettlesAfter = TimeSpan.FromSeconds(15);

    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly Func<HttpMessageHandler> _connect;
    private volatile HttpClient _client;
    private HttpClient? _former;
    private readonly Lock _lock = new();
    private volatile IReadOnlyList<Uri> _members;
    private volatile Uri _current;
    private Outlook _outlook;
    private long _failedAt;
    private long _seen;

    /// <param name="members">Where the API is.</param>
    /// <param name="connect">Makes what carries the requests (<see cref="Over"/>), at once and for each
    /// <see cref="Reconnect"/>; disposed with this.</param>
    /// <param name="first">The member that is asked first, so that not all machines ask the same.</param>
    /// <param name="time">Bounds the waits.</param>
    /// <param name="log">Where it is told that nobody answers.</param>
    public ApiCalls(
        IReadOnlyList<Uri> members, Func<HttpMessageHandler> connect, int first, TimeProvider time, ILogger log)
    {
        (_members, _connect, _time, _log) = (members, connect, time, log);
        _current = members[first % members.Count];
        _client = NewClient();
    }

    /// <summary>How long one member may take for its answer: less than a node may be silent.</summary>
    public TimeSpan AnswerWithin { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>TLS, on which both sides prove who they are.</summary>
    /// <param name="certificate">What the machine shows.</param>
    /// <param name="trusted">Who must have signed what the API shows.</param>
    public static SocketsHttpHandler Over(X509Certificate2 certificate, AuthorityBundle trusted) => new()
    {
        UseProxy = false,
        UseCookies = false,
        AllowAutoRedirect = false,
        ConnectTimeout = ConnectTimeout,
        KeepAlivePingDelay = PingAfter,
        KeepAlivePingTimeout = PingTimeout,
        KeepAlivePingPolicy = HttpKeepAlivePingPolicy.WithActiveRequests,
        EnableMultipleHttp2Connections = true,
        SslOptions = new SslClientAuthenticationOptions
        {
            ClientCertificates = [certificate],
            CertificateChainPolicy = trusted.Policy(),
        },
    };

    /// <summary>The whole answer, refusals among them.</summary>
    /// <exception cref="ApiAwayException">Nobody answers now.</exception>
    public Task<ApiAnswer> SendAsync(
        HttpMethod method, string path, object? body, CancellationToken cancellation,
        string contentType = "application/json") => FromAnyAsync(
        async (member, limit) =>
        {
            using var request = Request(method, new Uri(member, path));
            if (body is not null)
            {
                request.Content = new ByteArrayContent(body as byte[] ?? KubeJson.Encode(body));
                request.Content.Headers.TryAddWithoutValidation("Content-Type", contentType);
            }

            using var response = await _client.SendAsync(request, limit);
            return new ApiAnswer((int)response.StatusCode, await response.Content.ReadAsByteArrayAsync(limit));
        },
        answer => answer.Code, cancellation);

    /// <summary>The head of an answer that goes on, to be read and disposed by the caller.</summary>
    /// <exception cref="ApiAwayException">Nobody answers now.</exception>
    public Task<HttpResponseMessage> OpenAsync(string path, CancellationToken cancellation) => FromAnyAsync(
        async (member, limit) =>
        {
            using var request = Request(HttpMethod.Get, new Uri(member, path));
            return await _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, limit);
        },
        response => (int)response.StatusCode, cancellation);

    /// <summary>Notes a resourceVersion that some member has shown: whoever is asked from now on has to have it,
    /// unless nobody has.</summary>
    public void Saw(string? version)
    {
        if (!long.TryParse(version, NumberStyles.None, CultureInfo.InvariantCulture, out var shown))
        {
            return;
        }

        for (var known = Volatile.Read(ref _seen); shown > known;)
        {
            var found = Interlocked.CompareExchange(ref _seen, shown, known);
            if (found == known)
            {
                return;
            }

            known = found;
        }
    }

    /// <summary>The member that is asked first.</summary>
    public Uri Current => _current;

    /// <summary>Has others asked from now on; the one that is asked first stays until it does not answer.</summary>
    /// <param name="members">At least one.</param>
    public void Learn(IReadOnlyList<Uri> members) => _members = members;

    /// <summary>Has the next one asked first, if this one still is.</summary>
    public void GiveUp(Uri member)
    {
        var (members, current) = (_members, _current);
        if (current == member)
        {
            var next = (members.ToList().IndexOf(member) + 1) % members.Count;
            Interlocked.CompareExchange(ref _current, members[next], current);
        }
    }

    /// <summary>A request to one member that goes on in both directions.</summary>
    /// <exception cref="HttpRequestException">It does not answer.</exception>
    public Task<HttpResponseMessage> OpenAsync(HttpRequestMessage request, CancellationToken cancellation) =>
        _client.SendAsync(ByHttp2(request), HttpCompletionOption.ResponseHeadersRead, cancellation);

    /// <summary>Begins new connections for what is asked from now on, with the certificate of now. What is under way
    /// goes on, watches too, until the next time.</summary>
    public void Reconnect()
    {
        _former?.Dispose();
        _former = _client;
        _client = NewClient();
    }

    public void Dispose()
    {
        _former?.Dispose();
        _client.Dispose();
    }

    /// <summary>Only HTTP/2 has pings, and one connection for all requests. A client's default version holds for no
    /// request that is made by hand.</summary>
    private static HttpRequestMessage ByHttp2(HttpRequestMessage request)
    {
        (request.Version, request.VersionPolicy) = (HttpVersion.Version20, HttpVersionPolicy.RequestVersionExact);
        return request;
    }

    private HttpRequestMessage Request(HttpMethod method, Uri uri)
    {
        var request = ByHttp2(new HttpRequestMessage(method, uri));
        if (Volatile.Read(ref _seen) is var seen and > 0)
        {
            request.Headers.Add(SeenVersion.Header, seen.ToString(CultureInfo.InvariantCulture));
        }

        return request;
    }

    private HttpClient NewClient()
    {
        var client = new HttpClient(_connect())
        {
            // Each call has a bound of its own, and a watch has none.
            Timeout = Timeout.InfiniteTimeSpan,
        };
        client.DefaultRequestHeaders.UserAgent.ParseAdd("kubelet");
        return client;
    }

    private async Task<T> FromAnyAsync<T>(
        Func<Uri, CancellationToken, Task<T>> ask, Func<T, int> codeOf, CancellationToken cancellation)
    {
        var (problems, isDisowned) = (new List<string>(), false);
        for (var attempt = 0; attempt < _members.Count; attempt++)
        {
            var member = _current;
            var (answer, problem, code) = await FromOneAsync(ask, codeOf, member, cancellation);
            if (problem is null)
            {
                Answered(member);
                return answer!;
            }

            problems.Add($"{member.Authority}: {problem}");
            isDisowned |= code == HttpCode.Unauthorized;
            GiveUp(member);
        }

        // A journal that was put back to an earlier state never comes to what was seen.
        Volatile.Write(ref _seen, 0);
        var all = string.Join("; ", problems);
        Failed(isDisowned ? Outlook.Disowned : Outlook.Away, all);
        throw isDisowned
            ? new ApiDisownedException($"the cluster does not take this machine any more: {all}")
            : new ApiAwayException($"no member of the control plane answers: {all}");
    }

    /// <returns>The code is 0 when there was no answer.</returns>
    private async Task<(T? Answer, string? Problem, int Code)> FromOneAsync<T>(
        Func<Uri, CancellationToken, Task<T>> ask, Func<T, int> codeOf, Uri member, CancellationToken cancellation)
    {
        using var clock = new CancellationTokenSource(AnswerWithin, _time);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(clock.Token, cancellation);
        try
        {
            var answer = await ask(member, limit.Token);
            if (codeOf(answer) is var code && IsAnotherMembersTurn(code))
            {
                var said = answer is ApiAnswer { } whole ? whole.Refusal().Message : null;
                (answer as IDisposable)?.Dispose();
                return (default, $"{code} {said}".TrimEnd(), code);
            }

            return (answer, null, code);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return (default, $"no answer within {AnswerWithin.TotalSeconds:0} s", 0);
        }
        catch (Exception failed) when (failed is HttpRequestException or IOException)
        {
            return (default, FailureWords.Of(failed), 0);
        }
    }

    /// <summary>One that does not know this machine, is overloaded, or cannot reach the journal.</summary>
    private static bool IsAnotherMembersTurn(int code) => code is 401 or 429 or 500 or 502 or 503 or 504;

    private void Failed(Outlook outlook, string problems)
    {
        lock (_lock)
        {
            _failedAt = _time.GetTimestamp();
            if (_outlook == outlook)
            {
                return;
            }

            _outlook = outlook;
        }

        if (outlook == Outlook.Disowned)
        {
            LogDisowned(_log, problems);
        }
        else
        {
            LogAway(_log, problems);
        }
    }

    /// <summary>While the journal is away, what reads is answered and what writes is not: that is one state.</summary>
    private void Answered(Uri member)
    {
        lock (_lock)
        {
            if (_outlook == Outlook.Heard || _time.GetElapsedTime(_failedAt) < SettlesAfter)
            {
                return;
            }

            _outlook = Outlook.Heard;
        }

        LogBack(_log, member.Authority);
    }

    private enum Outlook
    {
        Heard,
        Away,
        Disowned,
    }

    [LoggerMessage(6020, LogLevel.Warning,
        "No member of the control plane answers; what runs here runs on: {Problems}")]
    private static partial void LogAway(ILogger log, string problems);

    [LoggerMessage(6025, LogLevel.Error,
        "The cluster does not take this machine any more: {Problems}. What runs here runs on, and nobody hears of it. "
        + "If the machine was removed, 'orchestrator reset' on it ends that and removes what it has, and then "
        + "'orchestrator join' with a token lets it in again")]
    private static partial void LogDisowned(ILogger log, string problems);

    [LoggerMessage(6021, LogLevel.Information, "The control plane answers again, at {Member}")]
    private static partial void LogBack(ILogger log, string member);
}
