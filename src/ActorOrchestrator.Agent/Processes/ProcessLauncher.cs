using System.ComponentModel;
using System.Diagnostics;
using ActorOrchestrator.Agent.Containers;

namespace ActorOrchestrator.Agent.Processes;

/// <summary>Starts processes that outlive the agent, in sessions of their own.</summary>
internal static class ProcessLauncher
{
    private const string DefaultPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

    // $1 the container's directory, $2 the working directory, then the command. The outer shell supervises: it is not
    // in the process group that signals go to, so that it lives to note the exit code even when no agent runs. Only
    // built-ins and absolute paths are used: the environment is the container's, and its PATH may lead anywhere. The
    // files are the agent's alone; only the command gets the containers' umask.
    private const string Supervise =
        $$"""
        echo $$ >"$1/supervisor"
        /usr/bin/setsid /bin/sh -c 'echo $$ >"$1/pid"; cd "$2" || exit 126; shift 2
          umask {{ContainerUmask.Value}}; exec "$@"' sh "$@" \
          >>"$1/stdout" 2>>"$1/stderr" </dev/null
        echo $? >"$1/exit"
        """;

    private static readonly Dictionary<string, string> s_none = [];

    /// <returns>The supervising shell. The caller waits for the file <c>pid</c>.</returns>
    /// <exception cref="ContainerRuntimeException">The command cannot be run; worded as runc does.</exception>
    public static Process Supervised(ProcessSpec spec, string directory)
    {
        Check(spec);
        var start = InSession("/bin/sh", "-c", Supervise, "sh", directory, spec.WorkingDirectory);
        start.WorkingDirectory = "/";
        return Run(start, spec, spec.Command);
    }

    /// <summary>
    /// A command beside the container's process, in a session of its own, its output read by the caller.
    /// </summary>
    public static Process Exec(ProcessSpec spec, IReadOnlyList<string> command)
    {
        Check(spec with { Command = command });
        var start = InSession("--wait", "/bin/sh", "-c", $"umask {ContainerUmask.Value}; exec \"$@\"", "sh");
        start.WorkingDirectory = spec.WorkingDirectory;
        start.RedirectStandardInput = start.RedirectStandardOutput = start.RedirectStandardError = true;
        return Run(start, spec, command);
    }

    /// <summary>
    /// The same with a terminal for its input and all of its output.
    /// </summary>
    /// <param name="terminal">The path of its end.</param>
    public static Process ExecOn(string terminal, ProcessSpec spec, IReadOnlyList<string> command)
    {
        Check(spec with { Command = command });
        const string script = $"umask {ContainerUmask.Value}; terminal=$1; shift; "
            + "exec <\"$terminal\" >\"$terminal\" 2>&1; exec /usr/bin/setsid --ctty --wait \"$@\"";
        var start = new ProcessStartInfo("/usr/bin/env", ["--default-signal", "/bin/sh", "-c", script, "sh", terminal])
        {
            WorkingDirectory = spec.WorkingDirectory,
        };
        return Run(start, spec, command);
    }

    /// <summary>.NET ignores SIGPIPE, and whoever started the agent perhaps more; what is ignored stays so in a program
    /// that is executed, and a shell cannot undo it. So env(1) gives back every signal's usual effect.</summary>
    private static ProcessStartInfo InSession(params string[] arguments) =>
        new("/usr/bin/env", ["--default-signal", "/usr/bin/setsid", .. arguments]);

    private static Process Run(ProcessStartInfo start, ProcessSpec spec, IReadOnlyList<string> command)
    {
        foreach (var part in command)
        {
            start.ArgumentList.Add(part);
        }

        start.Environment.Clear();
        start.Environment["PATH"] = DefaultPath;
        foreach (var (name, value) in spec.Environment ?? s_none)
        {
            start.Environment[name] = value;
        }

        try
        {
            return Process.Start(start) ?? throw Failure("/usr/bin/env could not be started");
        }
        catch (Win32Exception refused)
        {
            // E2BIG, most of all: arguments and environment have a limit (execve(2)).
            var problem = new Win32Exception(refused.NativeErrorCode).Message.ToLowerInvariant();
            throw Failure($"exec: \"{command[0]}\": {problem}");
        }
    }

    private static void Check(ProcessSpec spec)
    {
        if (!Directory.Exists(spec.WorkingDirectory))
        {
            throw Failure($"chdir to cwd (\"{spec.WorkingDirectory}\") failed: no such file or directory");
        }

        var name = spec.Command[0];
        if (name.Contains('/'))
        {
            if (!File.Exists(Path.Combine(spec.WorkingDirectory, name)))
            {
                throw Failure($"exec: \"{name}\": stat {name}: no such file or directory");
            }

            return;
        }
        var path = (spec.Environment ?? s_none).GetValueOrDefault("PATH", DefaultPath);
        if (!path.Split(':').Any(directory => directory.Length > 0 && File.Exists(Path.Combine(directory, name))))
        {
            throw Failure($"exec: \"{name}\": executable file not found in $PATH");
        }
    }

    private static ContainerRuntimeException Failure(string problem) =>
        new(RuntimeErrorKind.Other, $"failed to start the process: {problem}");
}
