using System.CommandLine;
using ActorOrchestrator.Api;
using ActorOrchestrator.Host.Bench;
using ActorOrchestrator.Host.Serving;
using ActorOrchestrator.Host.Settings;

namespace ActorOrchestrator.Host.Commands;

/// <summary><c>orchestrator bench</c>: measures the product on this machine.</summary>
internal static class BenchCommand
{
    public static Command Create()
    {
        var nodes = new Option<int>("--nodes")
        {
            DefaultValueFactory = _ => 1000, Description = "Simulated machines.",
        }.AtLeast(1);
        var pods = new Option<int>("--pods")
        {
            DefaultValueFactory = _ => 20000, Description = "Pods to create.",
        }.AtLeast(1);
        var each = new Option<int>("--pods-per-deployment")
        {
            DefaultValueFactory = _ => 100,
            Description = "Replicas of each Deployment.",
        }.AtLeast(1);
        var timeout = new Option<int>("--timeout-seconds")
        {
            DefaultValueFactory = _ => 300,
            Description = "When the fill counts as stuck.",
        }.AtLeast(1);
        var scale = new Command(
            "scale", "Fill a cluster of simulated machines through the real gateway, journal, actors and "
            + "scheduler; prints pods/s, the API's latency meanwhile, memory, and the journal's bytes a pod.")
        {
            nodes, pods, each, timeout,
        };
        scale.SetAction(async (result, cancellation) =>
        {
            var options = new ScaleBenchOptions(
                result.GetValue(nodes), result.GetValue(pods), result.GetValue(each), result.GetValue(timeout));
            try
            {
                return await ScaleBench.RunAsync(options, Console.Out, cancellation);
            }
            catch (Exception failure) when (Server.IsExplained(failure))
            {
                return Failures.Show(failure.Message);
            }
        });
        return new Command("bench", "Measure this product on this machine.") 
        {
            scale, CreatePods(), CreateApi(), CreateJournal(), CreateGossip(), CreateGossipMember(),
        };
    }

    private static Command CreateGossip()
    {
        var members = new Option<int>("--members")
        {
            DefaultValueFactory = _ => 3, Description = "Processes, all on this machine.",
        }.AtLeast(2);
        var seconds = new Option<int>("--seconds")
        {
            DefaultValueFactory = _ => 20, Description = "How long is measured.",
        }.AtLeast(1);
        var kills = new Option<int>("--kills")
        {
            DefaultValueFactory = _ => 1, Description = "Members that are killed afterwards, one after the other.",
        }.AtLeast(0);
        var slower = SlowerOption();
        var pressure = PressureOption();
        var command = new Command(
            "gossip", "What membership costs a member, and how soon a killed one is missed, with members that have "
            + "nothing but their membership.")
        {
            members, seconds, kills, slower, pressure,
        };
        command.SetAction(async (result, cancellation) =>
        {
            var options = new GossipBenchOptions(
                result.GetValue(members), result.GetValue(seconds), result.GetValue(kills), result.GetValue(slower),
                result.GetValue(pressure));
            if (options.Kills > options.Members - 2)
            {
                return Failures.Show($"--kills: of {options.Members} members at most {options.Members - 2} can be "
                    + "killed, lest nobody is left to miss them");
            }

            try
            {
                return await GossipBench.RunAsync(options, Console.Out, cancellation);
            }
            catch (Exception failure) when (Server.IsExplained(failure))
            {
                return Failures.Show(failure.Message);
            }
        });
        return command;
    }

    private static Command CreateGossipMember()
    {
        var directory = DataDirectoryOption();
        var seed = new Option<string?>("--seed");
        var slower = SlowerOption();
        var pressure = PressureOption();
        var command = new Command("gossip-member", "A process of the benchmark of gossip.")
        {
            directory, seed, slower, pressure,
        };
        command.Hidden = true;
        command.SetAction((result, cancellation) => GossipMember.RunAsync(
            result.GetValue(directory)!, result.GetValue(seed), result.GetValue(slower), result.GetValue(pressure),
            cancellation));
        return command;
    }

    private static Option<int> SlowerOption() => new Option<int>("--slower")
    {
        DefaultValueFactory = _ => 1,
        Description = "How many times as long as the product's the intervals of heartbeats and gossip are.",
    }.AtLeast(1);

    private static Option<bool> PressureOption() => new("--pressure")
    {
        Description = "Keep all processors busy, and each member's garbage collector; fails on a false alarm.",
    };

    private static Command CreateJournal()
    {
        var entities = new Option<int>("--entities")
        {
            DefaultValueFactory = _ => 1000, Description = "ConfigMaps, each an entity of its own.",
        }.AtLeast(1);
        var rounds = new Option<int>("--rounds")
        {
            DefaultValueFactory = _ => 10, Description = "Writes of each.",
        }.AtLeast(1);
        var command = new Command("journal", "Write many entities at once, without gateway and scheduler.")
        {
            entities, rounds,
        };
        command.SetAction((result, cancellation) => JournalBench.RunAsync(
            result.GetValue(entities), result.GetValue(rounds), Console.Out, cancellation));
        return command;
    }

    private static Command CreatePods()
    {
        var dataDirectory = DataDirectoryOption();
        var command =
            new Command("pods", "Time real pods on the running cluster, beside 'ctr run' (as root).") { dataDirectory };
        command.SetAction((result, cancellation) => OnClusterAsync(
            result.GetValue(dataDirectory),
            (client, path) => new PodsBench(client, Path.Combine(path, "containerd", "containerd.sock"), Console.Out)
                .RunAsync(cancellation)));
        return command;
    }

    private static Command CreateApi()
    {
        var dataDirectory = DataDirectoryOption();
        var command = new Command("api", "Time requests of the API of the running cluster.") { dataDirectory };
        command.SetAction((result, cancellation) => OnClusterAsync(
            result.GetValue(dataDirectory), (client, _) => new ApiBench(client, Console.Out).RunAsync(cancellation)));
        return command;
    }

    private static Option<string?> DataDirectoryOption() =>
        new("--data-dir") { Description = "The data directory of the running server." };

    private static async Task<int> OnClusterAsync(string? dataDirectory, Func<BenchClient, string, Task> run)
    {
        try
        {
            var path = ServerSettings.Load(null, MachineOptions.DataDirectory(dataDirectory)).DataDirectory;
            using var client = BenchClient.Open(Path.Combine(path, KubeconfigCommand.FileName));
            await run(client, path);
            return 0;
        }
        catch (Exception failure) when (Server.IsExplained(failure))
        {
            return Failures.Show(failure.Message);
        }
        catch (Exception failure) when (failure is IOException or HttpRequestException)
        {
            return Failures.Show($"the server cannot be measured: {FailureWords.Of(failure)}");
        }
    }
}
