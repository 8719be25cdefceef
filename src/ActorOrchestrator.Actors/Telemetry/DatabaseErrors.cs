namespace ActorOrchestrator.Actors.Telemetry;

/// <summary>Why a database failed, in the words of /metrics.</summary>
internal static class DatabaseErrors
{
    public const string Unreachable = "unreachable";
    public const string Timeout = "timeout";
    public const string DiskFull = "disk_full";
    public const string AccessDenied = "access_denied";
    public const string ReadOnly = "read_only";
    public const string LockTimeout = "lock_timeout";
    public const string Damaged = "damaged";
    public const string Other = "other";

    public static IReadOnlyList<string> Reasons { get; } =
        [Unreachable, Timeout, DiskFull, AccessDenied, ReadOnly, LockTimeout, Damaged, Other];
}
