using ActorOrchestrator.Api.Core;

namespace ActorOrchestrator.Api.Validation;

/// <summary>The rules of probes and life-cycle hooks (v1 Probe, Lifecycle).</summary>
internal static class ProbeRules
{
    private const string OneHandler = "may not specify more than 1 handler type";

    private static readonly string[] WindowsSignals = ["SIGKILL", "SIGTERM"];

    /// <summary>A liveness or startup probe: one success is enough.</summary>
    public static void CheckOnce(FieldErrors errors, FieldPath path, Probe? probe)
    {
        Check(errors, path, probe);
        if (probe is not null && probe.SuccessThreshold != 1)
        {
            errors.Invalid(path.Child("successThreshold"), probe.SuccessThreshold, "must be 1");
        }
    }

    public static void CheckReadiness(FieldErrors errors, FieldPath path, Probe? probe)
    {
        Check(errors, path, probe);
        if (probe?.TerminationGracePeriodSeconds is { } seconds)
        {
            errors.Invalid(path.Child("terminationGracePeriodSeconds"), seconds,
                "must not be set for readinessProbes");
        }
    }

    public static void CheckLifecycle(FieldErrors errors, FieldPath path, Lifecycle? lifecycle, PodContext pod)
    {
        if (lifecycle?.PostStart is { } postStart)
        {
            CheckHook(errors, path.Child("postStart"), postStart, pod.GraceSeconds);
        }

        if (lifecycle?.PreStop is { } preStop)
        {
            CheckHook(errors, path.Child("preStop"), preStop, pod.GraceSeconds);
        }

        if (lifecycle?.StopSignal is { } signal)
        {
            CheckSignal(errors, path.Child("stopSignal"), signal, pod.Spec.Os?.Name);
        }
    }

    private static void CheckSignal(FieldErrors errors, FieldPath path, string signal, string? system)
    {
        if (string.IsNullOrEmpty(system))
        {
            errors.Forbidden(path, "may not be set for containers with empty `spec.os.name`");
            return;
        }

        var supported = system == "windows" ? WindowsSignals : ContainerSignals.Names;
        if (!supported.Contains(signal))
        {
            errors.NotSupported(path, signal, supported);
        }
    }

    public static void CheckPort(FieldErrors errors, FieldPath path, IntOrString port)
    {
        if (port.Text is { } name)
        {
            errors.Invalid(path, name, NameRules.PortName(name));
        }
        else
        {
            errors.Invalid(path, port.Number, NameRules.PortNumber(port.Number));
        }
    }

    private static void Check(FieldErrors errors, FieldPath path, Probe? probe)
    {
        if (probe is null)
        {
            return;
        }

        var handlers = 0;
        CheckExec(errors, path.Child("exec"), probe.Exec, ref handlers);
        CheckHttp(errors, path.Child("httpGet"), probe.HttpGet, ref handlers);
        CheckTcp(errors, path.Child("tcpSocket"), probe.TcpSocket, ref handlers);
        if (probe.Grpc is { } grpc && IsFirst(errors, path.Child("grpc"), ref handlers))
        {
            errors.Invalid(path.Child("grpc", "port"), grpc.Port, NameRules.PortNumber(grpc.Port));
        }

        if (handlers == 0)
        {
            errors.Required(path, "must specify a handler type");
        }

        MetadataRules.NotNegative(errors, path.Child("initialDelaySeconds"), probe.InitialDelaySeconds);
        MetadataRules.NotNegative(errors, path.Child("timeoutSeconds"), probe.TimeoutSeconds);
        MetadataRules.NotNegative(errors, path.Child("periodSeconds"), probe.PeriodSeconds);
        MetadataRules.NotNegative(errors, path.Child("successThreshold"), probe.SuccessThreshold);
        MetadataRules.NotNegative(errors, path.Child("failureThreshold"), probe.FailureThreshold);
        if (probe.TerminationGracePeriodSeconds <= 0)
        {
            errors.Invalid(path.Child("terminationGracePeriodSeconds"), probe.TerminationGracePeriodSeconds.Value,
                "must be greater than 0");
        }
    }

    private static void CheckHook(FieldErrors errors, FieldPath path, LifecycleHandler hook, long graceSeconds)
    {
        var handlers = 0;
        CheckExec(errors, path.Child("exec"), hook.Exec, ref handlers);
        CheckHttp(errors, path.Child("httpGet"), hook.HttpGet, ref handlers);
        CheckTcp(errors, path.Child("tcpSocket"), hook.TcpSocket, ref handlers);
        if (hook.Sleep is { } sleep && IsFirst(errors, path.Child("sleep"), ref handlers)
            && (sleep.Seconds < 0 || sleep.Seconds > graceSeconds))
        {
            errors.Invalid(path.Child("sleep"), sleep.Seconds,
                $"must be non-negative and less than terminationGracePeriodSeconds ({graceSeconds})");
        }

        if (handlers == 0)
        {
            errors.Required(path, "must specify a handler type");
        }
    }

    private static void CheckExec(FieldErrors errors, FieldPath path, ExecAction? exec, ref int handlers)
    {
        if (exec is not null && IsFirst(errors, path, ref handlers) && exec.Command.Count == 0)
        {
            errors.Required(path.Child("command"));
        }
    }

    private static void CheckHttp(FieldErrors errors, FieldPath path, HTTPGetAction? http, ref int handlers)
    {
        if (http is null || !IsFirst(errors, path, ref handlers))
        {
            return;
        }

        if (string.IsNullOrEmpty(http.Path))
        {
            errors.Required(path.Child("path"));
        }

        CheckPort(errors, path.Child("port"), http.Port);
        if (http.Scheme is not ("HTTP" or "HTTPS"))
        {
            errors.NotSupported(path.Child("scheme"), http.Scheme ?? "", "HTTP", "HTTPS");
        }

        foreach (var header in http.HttpHeaders)
        {
            errors.Invalid(path.Child("httpHeaders"), header.Name, NameRules.HttpHeaderName(header.Name));
        }
    }

    private static void CheckTcp(FieldErrors errors, FieldPath path, TCPSocketAction? tcp, ref int handlers)
    {
        if (tcp is not null && IsFirst(errors, path, ref handlers))
        {
            CheckPort(errors, path.Child("port"), tcp.Port);
        }
    }

    private static bool IsFirst(FieldErrors errors, FieldPath path, ref int handlers)
    {
        if (++handlers > 1)
        {
            errors.Forbidden(path, OneHandler);
        }

        return handlers == 1;
    }
}
