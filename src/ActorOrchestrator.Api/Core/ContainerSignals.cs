namespace ActorOrchestrator.Api.Core;

/// <summary>The signals that may stop a container (v1 Signal), as Linux numbers them on x86-64 and arm64 (signal(7)).
/// Of the real-time signals the first two belong to the C library, so SIGRTMIN is 34.</summary>
public static class ContainerSignals
{
    private const int RealTimeMin = 34;
    private const int RealTimeMax = 64;
    private const int AboveMin = 15;
    private const int BelowMax = 14;

    private static readonly SortedDictionary<string, int> Numbers = new(StringComparer.Ordinal)
    {
        ["SIGABRT"] = 6, ["SIGALRM"] = 14, ["SIGBUS"] = 7, ["SIGCHLD"] = 17, ["SIGCLD"] = 17, ["SIGCONT"] = 18,
        ["SIGFPE"] = 8, ["SIGHUP"] = 1, ["SIGILL"] = 4, ["SIGINT"] = 2, ["SIGIO"] = 29, ["SIGIOT"] = 6, ["SIGKILL"] = 9,
        ["SIGPIPE"] = 13, ["SIGPOLL"] = 29, ["SIGPROF"] = 27, ["SIGPWR"] = 30, ["SIGQUIT"] = 3, ["SIGSEGV"] = 11,
        ["SIGSTKFLT"] = 16, ["SIGSTOP"] = 19, ["SIGSYS"] = 31, ["SIGTERM"] = 15, ["SIGTRAP"] = 5, ["SIGTSTP"] = 20,
        ["SIGTTIN"] = 21, ["SIGTTOU"] = 22, ["SIGURG"] = 23, ["SIGUSR1"] = 10, ["SIGUSR2"] = 12, ["SIGVTALRM"] = 26,
        ["SIGWINCH"] = 28, ["SIGXCPU"] = 24, ["SIGXFSZ"] = 25, ["SIGRTMIN"] = RealTimeMin, ["SIGRTMAX"] = RealTimeMax,
    };

    static ContainerSignals()
    {
        for (var i = 1; i <= AboveMin; i++)
        {
            Numbers[$"SIGRTMIN+{i}"] = RealTimeMin + i;
        }

        for (var i = 1; i <= BelowMax; i++)
        {
            Numbers[$"SIGRTMAX-{i}"] = RealTimeMax - i;
        }
    }

    /// <summary>In the order of their names.</summary>
    public static string[] Names => [.. Numbers.Keys];

    /// <returns>Null for what is no such signal.</returns>
    public static int? NumberOf(string name) => Numbers.TryGetValue(name, out var number) ? number : null;
}
