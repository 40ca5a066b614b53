// Package recipetest does what the documentation tells people to do, and looks whether it
// holds: the recipes of docs/recipes.md in JavaScript, Python, PHP and a browser, the
// container file stage by stage, and the steps of the workflow for CI.
//
// It owns the surroundings of these: what is installed by name (npm, python), servers that
// believe everything, against which a recipe must fail (testdata/naive), and the LIFF app
// of the browser's recipes (testdata/app). It imports nothing of ours: it sees what a user
// sees. The recipes in Go are package tegatatest's own.
package recipetest
