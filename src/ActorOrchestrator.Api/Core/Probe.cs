namespace ActorOrchestrator.Api.Core;

public sealed record Probe
{
    public ExecAction? Exec { get; init; }
    public HTTPGetAction? HttpGet { get; init; }
    public TCPSocketAction? TcpSocket { get; init; }
    public GRPCAction? Grpc { get; init; }
    public int InitialDelaySeconds { get; init; }
    public int TimeoutSeconds { get; init; }
    public int PeriodSeconds { get; init; }
    public int SuccessThreshold { get; init; }
    public int FailureThreshold { get; init; }
    public long? TerminationGracePeriodSeconds { get; init; }
}

public sealed record ExecAction
{
    public ValueList<string> Command { get; init; } = [];
}

public sealed record HTTPGetAction
{
    public string? Path { get; init; }
    [Required] public IntOrString Port { get; init; }
    public string? Host { get; init; }
    [Values("HTTP", "HTTPS")] public string? Scheme { get; init; }
    public ValueList<HTTPHeader> HttpHeaders { get; init; } = [];
}

public sealed record HTTPHeader
{
    [Required] public string Name { get; init; } = "";
    [Required] public string Value { get; init; } = "";
}

public sealed record TCPSocketAction
{
    [Required] public IntOrString Port { get; init; }
    public string? Host { get; init; }
}

public sealed record GRPCAction
{
    [Required] public int Port { get; init; }
    [AlwaysWritten, Pointer] public string? Service { get; init; }
}

public sealed record Lifecycle
{
    public LifecycleHandler? PostStart { get; init; }
    public LifecycleHandler? PreStop { get; init; }
    [Pointer]
    [Values("SIGABRT", "SIGALRM", "SIGBUS", "SIGCHLD", "SIGCLD", "SIGCONT", "SIGFPE", "SIGHUP", "SIGILL", "SIGINT",
        "SIGIO", "SIGIOT", "SIGKILL", "SIGPIPE", "SIGPOLL", "SIGPROF", "SIGPWR", "SIGQUIT", "SIGSEGV", "SIGSTKFLT",
        "SIGSTOP", "SIGSYS", "SIGTERM", "SIGTRAP", "SIGTSTP", "SIGTTIN", "SIGTTOU", "SIGURG", "SIGUSR1", "SIGUSR2",
        "SIGVTALRM", "SIGWINCH", "SIGXCPU", "SIGXFSZ", "SIGRTMIN", "SIGRTMIN+1", "SIGRTMIN+2", "SIGRTMIN+3",
        "SIGRTMIN+4", "SIGRTMIN+5", "SIGRTMIN+6", "SIGRTMIN+7", "SIGRTMIN+8", "SIGRTMIN+9", "SIGRTMIN+10",
        "SIGRTMIN+11", "SIGRTMIN+12", "SIGRTMIN+13", "SIGRTMIN+14", "SIGRTMIN+15", "SIGRTMAX-14", "SIGRTMAX-13",
        "SIGRTMAX-12", "SIGRTMAX-11", "SIGRTMAX-10", "SIGRTMAX-9", "SIGRTMAX-8", "SIGRTMAX-7", "SIGRTMAX-6",
        "SIGRTMAX-5", "SIGRTMAX-4", "SIGRTMAX-3", "SIGRTMAX-2", "SIGRTMAX-1", "SIGRTMAX")]
    public string? StopSignal { get; init; }
}

public sealed record LifecycleHandler
{
    public ExecAction? Exec { get; init; }
    public HTTPGetAction? HttpGet { get; init; }
    public TCPSocketAction? TcpSocket { get; init; }
    public SleepAction? Sleep { get; init; }
}

public sealed record SleepAction
{
    [Required] public long Seconds { get; init; }
}
