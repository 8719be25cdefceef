using ActorOrchestrator.Simulator.Machines;

namespace ActorOrchestrator.TestKit.Transcripts;

/// <summary>
/// What happens to a cluster without anybody asking its API:
/// <code>
/// world nodes 3 [cpu=2 memory=4Gi]          more machines, waited for until ready
/// world remove node-1                       for good
/// world wait 30s
/// world until CONDITION [within 60s]        see UntilCommand
/// world kill control | agent node-1 | container POD [NAME]
/// world start control | agent node-1
/// world power off|on node-1
/// world freeze control|node-1,  world thaw control|node-1
/// world cut node-1                          from the control plane
/// world cut node-1 -> control-1             one way only
/// world mend                                every cut
/// world image app:v2 crash                  from now on it behaves so
/// world clock control|node-1 +1h
/// world log|network|runtime …               see WeatherCommands
/// world containers [app=web]                what really runs on which machine
/// world story on|off|TOPIC …                which changes are told of
/// </code>
/// </summary>
internal sealed class WorldCommands(Shell shell)
{
    private const string Control = "control";

    private readonly UntilCommand _until = new(shell);
    private readonly WeatherCommands _weather = new(shell.World);
    private readonly ContainersCommand _containers = new(shell);

    private ScriptedWorld World => shell.World;

    public void Execute(string[] words)
    {
        switch (words)
        {
            case ["nodes", var count, .. var shape]:
                AddNodes(Words.Number(count), shape);
                break;
            case ["wait", var span]:
                World.Pass(Words.Span(span));
                break;
            case ["until", .. var rest]:
                _until.Execute(rest);
                break;
            case ["containers", .. var rest]:
                _containers.Execute(rest);
                break;
            case ["image", var image, var behavior]:
                World.Images.Publish(image, BehaviorOf(behavior));
                break;
            case ["clock", var host, var skew]:
                SetClock(host, Words.Span(skew.TrimStart('+')));
                break;
            case ["story", .. var topics]:
                SetStory(topics);
                break;
            case ["log" or "network" or "runtime", .. _]:
                _weather.Execute(words);
                break;
            default:
                Break(words);
                break;
        }
    }

    /// <summary>Processes, machines and cables.</summary>
    private void Break(string[] words)
    {
        Action<string>? onMachine = words switch
        {
            ["power", "off", _] => World.PowerOff,
            ["power", "on", _] => World.PowerOn,
            ["freeze", not Control] => World.Freeze,
            ["thaw", not Control] => World.Thaw,
            ["kill", "agent", _] => World.KillAgent,
            ["start", "agent", _] => World.StartAgent,
            ["remove", _] => World.RemoveMachine,
            ["cut", _] => World.Cut,
            _ => null,
        };
        Action? other = words switch
        {
            ["kill", Control] => World.KillControl,
            ["start", Control] => World.StartControl,
            ["freeze", Control] => World.FreezeControl,
            ["thaw", Control] => World.ThawControl,
            ["mend"] => World.Mend,
            ["kill", "container", var pod] => () => World.KillContainer(pod),
            ["kill", "container", var pod, var name] => () => World.KillContainer(pod, name),
            ["cut", var from, "->", var to] => () => World.CutOneWay(from, to),
            _ => null,
        };
        if (onMachine is not null)
        {
            World.Machine(words[^1]);
            onMachine(words[^1]);
        }
        else if (other is not null)
        {
            other();
        }
        else
        {
            throw new CommandException($"there is no \"world {string.Join(' ', words)}\"");
        }
    }

    private void AddNodes(int count, string[] shape)
    {
        var (cpu, memory) = (2_000L, 4L << 30);
        foreach (var part in shape)
        {
            switch (part.Split('='))
            {
                case ["cpu", var cores]:
                    cpu = Words.Number(cores) * 1_000L;
                    break;
                case ["memory", [.. var gib, 'G', 'i']]:
                    memory = (long)Words.Number(gib) << 30;
                    break;
                default:
                    throw new CommandException($"\"{part}\" is neither cpu=CORES nor memory=NGi");
            }
        }

        World.AddMachines(count, cpu, memory);
    }

    private void SetClock(string host, TimeSpan skew)
    {
        if (host == Control)
        {
            World.SkewControl(skew);
        }
        else
        {
            World.SkewMachine(host, skew);
        }
    }

    private void SetStory(string[] topics)
    {
        if (topics.FirstOrDefault(topic => topic is not ("on" or "off") && !Narrator.Topics.Contains(topic))
            is { } unknown)
        {
            throw new CommandException(
                $"nothing is told of \"{unknown}\"; there are on, off, {string.Join(", ", Narrator.Topics)}");
        }

        shell.Narrator.TellOf(topics is ["on"] ? Narrator.Topics : topics.Where(topic => topic != "off"));
    }

    private static ImageBehavior BehaviorOf(string word) =>
        Enum.TryParse<ImageBehavior>(word, ignoreCase: true, out var behavior)
            ? behavior
            : throw new CommandException(
                $"no image behaves \"{word}\"; there are {string.Join(", ", Enum.GetNames<ImageBehavior>())}"
                    .ToLowerInvariant());
}
