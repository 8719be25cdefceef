using Microsoft.Extensions.Logging;

namespace ActorOrchestrator.Gateway.Server;

/// <summary>One line a request: Debug when served or refused by the request's own fault, Warning when refused for load
/// or because something does not answer, Error when the server failed. Of refusals that many requests get one is shown
/// now and then, with how many there were. Whoever asks for its health hears what is wrong; the log has it from
/// elsewhere, and once. What a node asks that is not its business has one more.</summary>
internal sealed partial class AccessLog(ILogger<AccessLog> log, TimeProvider time)
{
    private static readonly TimeSpan RefusalEvery = TimeSpan.FromSeconds(10);

    private const string Line = "{Method} {Path} by {User}: {Code} in {Milliseconds:F1} ms";

    private static readonly string[] Health = ["/livez", "/readyz", "/healthz"];

    private readonly Lock _lock = new();
    private readonly Dictionary<int, Refusals> _refusals = [];

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
        Refusals before;
        lock (_lock)
        {
            if (_refusals.TryGetValue(code, out before) && time.GetElapsedTime(before.ShownAt) < RefusalEvery)
            {
                _refusals[code] = before with { Hidden = before.Hidden + 1 };
                Done(log, method, path, user, code, took.TotalMilliseconds);
                return;
            }

            _refusals[code] = new(time.GetTimestamp(), 0);
        }

        if (before.Hidden == 0)
        {
            Refused(log, method, path, user, code, took.TotalMilliseconds);
        }
        else
        {
            RefusedAgain(log, method, path, user, code, took.TotalMilliseconds, before.Hidden);
        }
    }

    public void Broke(string method, string path, Exception cause) => Broke(log, method, path, cause);

    /// <summary>An agent asks for nothing that its node may not have: somebody else has its credentials, or a member's
    /// view is a moment behind.</summary>
    public void NodeRefused(string method, string path, string user, string why) =>
        NodeRefused(log, method, path, user, why);

    /// <summary>Of one code.</summary>
    /// <param name="ShownAt">When one was shown last, as a timestamp.</param>
    /// <param name="Hidden">How many were not shown since.</param>
    private readonly record struct Refusals(long ShownAt, long Hidden);

    [LoggerMessage(GatewayEvents.NodeRefused, LogLevel.Warning, "{Method} {Path} by {User} was refused: {Why}")]
    private static partial void NodeRefused(ILogger log, string method, string path, string user, string why);

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
