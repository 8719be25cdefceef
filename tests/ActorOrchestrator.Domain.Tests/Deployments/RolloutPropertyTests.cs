using ActorOrchestrator.Api.Apps;
using ActorOrchestrator.Api.Core;

namespace ActorOrchestrator.Domain.Tests.Deployments;

/// <summary>Plays Deployment, ReplicaSets and pods against each other and checks G7 at every committed event, and that
/// all comes to rest in the desired state. The seed is in every failure: run it alone by its number.</summary>
public sealed class RolloutPropertyTests
{
    private static readonly Unkindness Calm = new();
    private static readonly Unkindness Rough = new()
    {
        LostPercent = 10, DoubledPercent = 10, LatePercent = 30, RestartPermille = 15,
    };


    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Keeps_the_bounds_at_every_instant_and_converges_when_nothing_fails(int block) =>
        Play(1000 * block, 250, Calm);

    [Theory]
    [InlineData(10)]
    [InlineData(11)]
    [InlineData(12)]
    [InlineData(13)]
    public void Keeps_the_bounds_although_messages_are_lost_doubled_and_late_and_actors_restart(int block) =>
        Play(1000 * block, 250, Rough);

    [Theory]
    [InlineData(20)]
    [InlineData(21)]
    public void Never_has_too_many_pods_and_converges_although_pods_fail(int block) =>
        Play(1000 * block, 250, Rough with { PodFailurePermille = 20 });

    private static void Play(int firstSeed, int count, Unkindness unkindness)
    {
        for (var seed = firstSeed; seed < firstSeed + count; seed++)
        {
            var play = new RolloutPlay(seed, unkindness);
            var trouble = play.Run();
            Assert.True(trouble is null, $"seed {seed}: {trouble}\n{string.Join('\n', play.Script)}");
        }
    }
}

/// <summary>One random story: a user changes a Deployment again and again, then stops.</summary>
internal sealed class RolloutPlay
{
    private const int ChangesMax = 6;

    private const int StepsToRestMax = 50_000;

    private readonly World _world;
    private readonly Random _user;
    private readonly BoundsChecker _checker;
    private Deployment _wanted;

    public RolloutPlay(int seed, Unkindness unkindness)
    {
        _world = new World(seed, unkindness);
        _user = new Random(seed + 3);
        _checker = new BoundsChecker(_world, pods: true, available: unkindness.PodFailurePermille == 0);
        _wanted = DeploymentBuilder.Make(_user.Next(1, 8)).WithSpec(spec => spec with
        {
            Strategy = Strategy(),
            MinReadySeconds = _user.Next(3) == 0 ? 10 : 0,
            RevisionHistoryLimit = _user.Next(4),
        });
    }

    public List<string> Script { get; } = [];

    public string? Run()
    {
        Tell("create", new Create(_wanted));
        var changes = _user.Next(1, ChangesMax);
        for (var i = 0; i < changes && _checker.Trouble is null; i++)
        {
            RunFor(_user.Next(4) == 0 ? StepsToRestMax : _user.Next(200));
            Change();
        }

        _wanted = _wanted.WithSpec(spec => spec with { Paused = false });
        _wanted = _wanted.Spec.Template.Spec.Containers[0].Image == "broken" ? _wanted.WithImage("v1") : _wanted;
        Apply("resume and mend");
        _world.IsKind = true;
        Settle();
        return _checker.Trouble ?? Unsettled();
    }

    private void Settle()
    {
        RunFor(StepsToRestMax);
        for (var round = 0; round < 3; round++)
        {
            _world.ResyncAll();
            RunFor(StepsToRestMax);
        }
    }

    private void RunFor(int steps)
    {
        for (var i = 0; i < steps && _checker.Trouble is null; i++)
        {
            if (_world.Step())
            {
                continue;
            }

            if (_checker.IsAtRest(_wanted))
            {
                _checker.Rested(_wanted);
            }

            if (IsBusyWaiting(i) || !_world.Wait())
            {
                return;
            }
        }
    }

    /// <summary>A broken image, or a pause, can be waited at for ever: the user does something after a while.</summary>
    private bool IsBusyWaiting(int step) => !_world.IsKind && step > 2_000;

    private void Change()
    {
        var images = new[] { "v1", "v2", "v3", "broken" };
        switch (_user.Next(6))
        {
            case 0 or 1 or 2:
                _wanted = _wanted.WithImage(images[_user.Next(images.Length)]);
                break;
            case 3:
                _wanted = _wanted.WithSpec(spec => spec with { Replicas = _user.Next(0, 12) });
                break;
            case 4:
                _wanted = _wanted.WithSpec(spec => spec with { Paused = !spec.Paused });
                break;
            default:
                _wanted = _wanted.WithSpec(spec => spec with
                {
                    Strategy = _user.Next(4) == 0 ? new DeploymentStrategy { Type = "Recreate" } : Strategy(),
                });
                break;
        }

        Apply("change");
    }

    private void Apply(string what)
    {
        var stored = _world.Find<Deployment>(DeploymentBuilder.Key)!;
        Tell(what, new Replace(stored with { Spec = _wanted.Spec }));
    }

    private void Tell(string what, Message message)
    {
        var spec = _wanted.Spec;
        Script.Add($"{what}: {spec.Replicas} x {spec.Template.Spec.Containers[0].Image} {spec.Strategy.Type} "
            + $"surge {spec.Strategy.RollingUpdate?.MaxSurge} "
            + $"unavailable {spec.Strategy.RollingUpdate?.MaxUnavailable} "
            + $"paused {spec.Paused} minReady {spec.MinReadySeconds}");
        _checker.Asked(_wanted);
        var reply = _world.Ask(DeploymentBuilder.Key, message);
        Assert.IsType<Reply.Accepted>(reply);
    }

    /// <summary>Numbers and percentages, of which at least one is not 0.</summary>
    private DeploymentStrategy Strategy() => _user.Next(3) switch
    {
        0 => DeploymentBuilder.Rolling("0", Amount()),
        1 => DeploymentBuilder.Rolling(Amount(), "0"),
        _ => DeploymentBuilder.Rolling(Amount(), Amount()),
    };

    private string Amount() => _user.Next(2) == 0 ? $"{_user.Next(1, 4)}" : $"{_user.Next(1, 101)}%";

    private string? Unsettled()
    {
        var deployment = _world.Find<Deployment>(DeploymentBuilder.Key)!;
        var restless = _world.Restless().ToList();
        if (_checker.IsAtRest(_wanted) && deployment.Status.ObservedGeneration == deployment.Metadata.Generation
            && restless.Count == 0)
        {
            return null;
        }

        var sets = _world.All<ReplicaSet>().Select(set => $"{set.Metadata.Name} {set.Spec.Replicas} {set.Status}");
        var pods = _world.All<Pod>().Select(pod => $"{pod.Metadata.Name} {pod.Status.Phase} "
            + $"{pod.Metadata.DeletionTimestamp} ready {World.IsReady(pod)}");
        return $"no rest: {string.Join(", ", restless)}\n{deployment.Status}\n"
            + $"{string.Join('\n', sets)}\n{string.Join('\n', pods)}\n";
    }
}
