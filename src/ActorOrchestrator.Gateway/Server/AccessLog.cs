using ActorOrchestrator.Api;
using ActorOrchestrator.Gateway.Auth;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace ActorOrchestrator.Gateway.Server;

/// <summary>One line a request: Debug when served or refused by the request's own fault, Warning when refused for load
/// or because something does not answer, Error when the server failed. Of refusals that many requests get one is shown
/// now and then, with how many there were. Whoever asks for its health hears what is wrong; the log has it from
/// elsewhere, and once. What strangers ask, or anybody that is not his business, has one more.</summary>
internal sealed partial class AccessLog(ILogger<AccessLog> log, TimeProvider time)
{
    private static readonly TimeSpan RefusalEvery = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan StrangerEvery = TimeSpan.FromMinutes(1);

    private const int TextMax = 300;

    private const string Line = "{Method} {Path} by {User}: {Code} in {Milliseconds:F1} ms";

    private static readonly string[] Health = ["/livez", "/readyz", "/healthz"];

    private readonly SparseLines<int> _refusals = new(RefusalEvery, 0, time);
    private readonly SparseLines<(string From, string What)> _strangers = new(StrangerEvery, ("", ""), time);

    public void Served(string method, string path, string user, int code, TimeSpan took)
    {
        switch (code)
        {
            case 500 when Health.Any(health => path.StartsWith(health, StringComparison.Ordinal)):
                Done(log, method, path, user, code, took.TotalMilliseconds);
                break;
            case 429 or 503 or 504:
                Refuse(method, path, user, code, took);
                break;
            case >= 500:
                Failed(log, method, path, user, code, took.TotalMilliseconds);
                break;
            default:
                Done(log, method, path, user, code, took.TotalMilliseconds);
                break;
        }
    }

    private void Refuse(string method, string path, string user, int code, TimeSpan took)
    {
        switch (_refusals.Show(code))
        {
            case null:
                Done(log, method, path, user, code, took.TotalMilliseconds);
                break;
            case 0:
                Refused(log, method, path, user, code, took.TotalMilliseconds);
                break;
            case { } hidden:
                RefusedAgain(log, method, path, user, code, took.TotalMilliseconds, hidden);
                break;
        }
    }

    /// <summary>Who asks for what it may not have is told of, one a minute of each address, name and reason: a
    /// stranger, somebody who has a machine's credentials, or a member whose view is a moment behind.</summary>
    public void Refused(HttpContext http, Identity who, Status status)
    {
        var from = $"{http.Connection.RemoteIpAddress}";
        var (user, why) = (NameOf(http, who), OneLine(status.Message ?? ""));
        if (_strangers.Show((from, $"{user}: {status.Code} {why}")) is not { } hidden)
        {
            return;
        }

        var (method, path) = (OneLine(http.Request.Method), OneLine(http.Request.Path.Value ?? ""));
        if (hidden == 0)
        {
            StrangerRefused(log, method, path, user, from, status.Code, why);
        }
        else
        {
            StrangerRefusedAgain(log, method, path, user, from, status.Code, why, hidden);
        }
    }

    /// <summary>Never what was shown itself: it may be a secret with a typing error.</summary>
    private static string NameOf(HttpContext http, Identity who) =>
        !who.ShowedNothing ? OneLine(who.LogName)
        : http.Connection.ClientCertificate is not null ? "nobody (no valid certificate)"
        : http.Request.Headers.Authorization.Count > 0 ? "nobody (no valid token)"
        : "nobody (no certificate and no token)";

    /// <summary>What a client has written makes no lines of its own.</summary>
    private static string OneLine(string text) => string.Concat(
        text.Take(TextMax).Select(letter => char.IsControl(letter) || char.IsSurrogate(letter) ? '?' : letter));

    public void Broke(string method, string path, Exception cause) => Broke(log, method, path, cause);

    private const string Stranger = "{Method} {Path} by {User} from {From} was refused: {Code} {Why}";

    [LoggerMessage(GatewayEvents.StrangerRefused, LogLevel.Warning, Stranger)]
    private static partial void StrangerRefused(
        ILogger log, string method, string path, string user, string from, int? code, string why);

    [LoggerMessage(
        GatewayEvents.StrangerRefused, LogLevel.Warning,
        Stranger + "; so were {Hidden} others since the last one shown")]
    private static partial void StrangerRefusedAgain(
        ILogger log, string method, string path, string user, string from, int? code, string why, long hidden);

    [LoggerMessage(GatewayEvents.RequestServed, LogLevel.Debug, Line)]
    private static partial void Done(
        ILogger log, string method, string path, string user, int code, double milliseconds);

    [LoggerMessage(GatewayEvents.RequestRefused, LogLevel.Warning, Line)]
    private static partial void Refused(
        ILogger log, string method, string path, string user, int code, double milliseconds);

    [LoggerMessage(
        GatewayEvents.RequestRefused, LogLevel.Warning, Line + ", as {Hidden} others since the last one shown")]
    private static partial void RefusedAgain(
        ILogger log, string method, string path, string user, int code, double milliseconds, long hidden);

    [LoggerMessage(GatewayEvents.RequestFailed, LogLevel.Error, Line)]
    private static partial void Failed(
        ILogger log, string method, string path, string user, int code, double milliseconds);

    [LoggerMessage(GatewayEvents.RequestBroke, LogLevel.Error, "{Method} {Path} broke in the server")]
    private static partial void Broke(ILogger log, string method, string path, Exception cause);
}
