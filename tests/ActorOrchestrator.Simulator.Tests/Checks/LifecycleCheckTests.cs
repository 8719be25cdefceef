using ActorOrchestrator.Api.Apps;
using ActorOrchestrator.Api.Core;
using ActorOrchestrator.Domain;
using ActorOrchestrator.Simulator.Checks;
using ActorOrchestrator.Simulator.Workload;

namespace ActorOrchestrator.Simulator.Tests.Checks;

public sealed class LifecycleCheckTests : IDisposable
{
    private static readonly Deployment Held = new()
    {
        Metadata = new()
        {
            Name = "web", Namespace = "default", Uid = "u", Generation = 2, Finalizers = [ObjectOperations.Finalizer],
        },
    };

    private static readonly Deployment Free = Held with { Metadata = Held.Metadata with { Finalizers = [] } };

    private readonly CheckWorld _world = new(new LifecycleCheck());

    public void Dispose() => _world.Dispose();

    [Fact]
    public void A_held_object_goes_when_its_user_lets_it()
    {
        _world.Create(Held);
        Terminate();
        _world.Send("PATCH", "/apis/apps/v1/namespaces/default/deployments/web");
        _world.Delete(Held);
    }

    [Fact]
    public void A_finalizer_holds_an_object()
    {
        _world.Create(Held);
        Terminate();
        _world.Refuses(world => world.Delete(Held), "deployments.apps/default/web", ObjectOperations.Finalizer);
    }

    [Fact]
    public void What_is_gone_does_not_go_again()
    {
        _world.Create(Free);
        _world.Delete(Free);
        _world.Refuses(world => world.Delete(Free), "deployments.apps/default/web", "was gone");
    }

    [Fact]
    public void A_finalizer_stays()
    {
        _world.Create(Held);
        _world.Refuses(world => world.Replace(Free), ObjectOperations.Finalizer);
    }

    [Fact]
    public void An_object_stays_itself()
    {
        _world.Create(Free);
        _world.Refuses(
            world => world.Replace(Free with { Metadata = Free.Metadata with { Uid = "v" } }), "another object");
    }

    [Fact]
    public void Generations_do_not_go_back()
    {
        _world.Create(Free);
        _world.Refuses(
            world => world.Replace(Free with { Metadata = Free.Metadata with { Generation = 1 } }), "generation 2");
    }

    [Fact]
    public void What_is_to_go_does_not_come_back()
    {
        _world.Create(Held);
        Terminate();
        var revived = Held with { Metadata = Held.Metadata with { Generation = 4 } };
        _world.Refuses(world => world.Replace(revived), "was to go");
    }

    [Fact]
    public void What_is_to_go_gets_no_new_finalizer()
    {
        _world.Create(Free);
        Terminate();
        var terminating = _world.World.Truth.Find<Deployment>("default", "web")!;
        _world.Refuses(
            world => world.Replace(terminating with
            {
                Metadata = terminating.Metadata with { Finalizers = ["example.com/late"] },
            }),
            "example.com/late");
    }

    [Fact]
    public void A_pod_that_is_over_stays_over()
    {
        var pod = new Pod
        {
            Metadata = new() { Name = "p", Namespace = "default", Uid = "p" },
            Status = new PodStatus { Phase = "Failed" },
        };
        _world.Create(pod);
        _world.Refuses(
            world => world.Replace(pod with { Status = new PodStatus { Phase = "Running" } }), "Failed", "Running");
    }

    private void Terminate() => _world.Commit(
        EntityKey.Of(Held),
        new DeletionRequested(
            _world.World.Loop.Now, 0, _world.World.Truth.Find<Deployment>("default", "web")!.Metadata.Finalizers));
}
