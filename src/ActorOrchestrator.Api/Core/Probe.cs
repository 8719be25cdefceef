namespace ActorOrchestrator.Api.Core;

[Doc("A check of a container, again and again.")]
public sealed record Probe
{
    [Doc("Command to run in the container.")]
    public ExecAction? Exec { get; init; }

    [Doc("HTTP request to make.")]
    public HTTPGetAction? HttpGet { get; init; }

    [Doc("TCP connection to open.")]
    public TCPSocketAction? TcpSocket { get; init; }

    [Doc("gRPC health check to make.")]
    public GRPCAction? Grpc { get; init; }

    [Doc("Seconds from the container's start to the first check.")]
    public int InitialDelaySeconds { get; init; }

    [Doc("Seconds after which it has failed or expires.")]
    public int TimeoutSeconds { get; init; }

    [Doc("Seconds from one to the next.")]
    public int PeriodSeconds { get; init; }

    [Doc("Successes in a row that count as success.")]
    public int SuccessThreshold { get; init; }

    [Doc("Failures in a row that count as failure.")]
    public int FailureThreshold { get; init; }

    [Doc("Seconds between asking a pod to end and killing it.")]
    public long? TerminationGracePeriodSeconds { get; init; }
}

[Doc("A command in a container.")]
public sealed record ExecAction
{
    [Doc("Command and arguments; no shell is involved.")]
    public ValueList<string> Command { get; init; } = [];
}

[Doc("An HTTP request.")]
public sealed record HTTPGetAction
{
    [Doc("Path of the request.")]
    public string? Path { get; init; }

    [Doc("Port of the container, by number or name."), Required]
    public IntOrString Port { get; init; }

    [Doc("Host to connect to, instead of the pod.")]
    public string? Host { get; init; }

    [Doc("HTTP or HTTPS."), Values("HTTP", "HTTPS")]
    public string? Scheme { get; init; }

    [Doc("Headers of the request.")]
    public ValueList<HTTPHeader> HttpHeaders { get; init; } = [];
}

public sealed record HTTPHeader
{
    [Doc("Name of the header."), Required]
    public string Name { get; init; } = "";

    [Doc("The value."), Required]
    public string Value { get; init; } = "";
}

public sealed record TCPSocketAction
{
    [Doc("Port of the container, by number or name."), Required]
    public IntOrString Port { get; init; }

    [Doc("Host to connect to, instead of the pod.")]
    public string? Host { get; init; }
}

public sealed record GRPCAction
{
    [Doc("Number of the port."), Required]
    public int Port { get; init; }

    [Doc("Name to put into the health check."), AlwaysWritten, Pointer]
    public string? Service { get; init; }
}

[Doc("What to do after a container's start and before its end.")]
public sealed record Lifecycle
{
    [Doc("Done right after the start; the container is killed if it fails.")]
    public LifecycleHandler? PostStart { get; init; }

    [Doc("Done before the container is asked to end.")]
    public LifecycleHandler? PreStop { get; init; }

    [Doc("Signal that stops the container."), Pointer]
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
    [Doc("Command to run in the container.")]
    public ExecAction? Exec { get; init; }

    [Doc("HTTP request to make.")]
    public HTTPGetAction? HttpGet { get; init; }

    [Doc("TCP connection to open.")]
    public TCPSocketAction? TcpSocket { get; init; }

    [Doc("Wait.")]
    public SleepAction? Sleep { get; init; }
}

public sealed record SleepAction
{
    [Doc("Seconds to wait."), Required]
    public long Seconds { get; init; }
}
