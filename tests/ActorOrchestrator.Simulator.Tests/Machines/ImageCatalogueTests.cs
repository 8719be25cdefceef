using ActorOrchestrator.Simulator.Machines;

namespace ActorOrchestrator.Simulator.Tests.Machines;

public sealed class ImageCatalogueTests
{
    [Theory]
    [InlineData("app:1", ImageBehavior.App)]
    [InlineData("app", ImageBehavior.App)]
    [InlineData("stubborn:1", ImageBehavior.Stubborn)]
    [InlineData("crash:v2", ImageBehavior.Crash)]
    [InlineData("docker.io/library/flaky:1", ImageBehavior.Flaky)]
    [InlineData("registry.example:5000/shop/job:7", ImageBehavior.Job)]
    [InlineData("task:v1", ImageBehavior.Task)]
    [InlineData("shop/unready", ImageBehavior.Unready)]
    [InlineData("unhealthy:1", ImageBehavior.Unhealthy)]
    [InlineData("slow:1", ImageBehavior.Slow)]
    [InlineData("missing:1", ImageBehavior.Missing)]
    [InlineData("crash/web:1", ImageBehavior.App)]
    [InlineData("crashing:1", ImageBehavior.App)]
    [InlineData("nginx", ImageBehavior.App)]
    public void The_last_part_of_a_name_says_how_an_image_behaves(string image, ImageBehavior behavior) =>
        Assert.Equal(behavior, new ImageCatalogue().BehaviorOf(image));

    [Fact]
    public void What_a_scenario_publishes_stands_before_the_name()
    {
        var catalogue = new ImageCatalogue();
        catalogue.Publish("missing:2", ImageBehavior.App);

        Assert.Equal(ImageBehavior.App, catalogue.BehaviorOf("docker.io/library/missing:2"));
        Assert.Equal(ImageBehavior.Missing, catalogue.BehaviorOf("missing:1"));
    }
}
