package childenv

import (
	"os"
	"path/filepath"
	"strings"
)

// php makes PHP's curl and streams trust the bundle: they read no variable that names it,
// but settings of further folders (PHP manual, "Scan directories").
func (e *environment) php() error {
	folder := filepath.Join(e.Folder, "php")
	if err := os.Mkdir(folder, 0o700); err != nil {
		return err
	}
	bundle := strings.ReplaceAll(e.set["CURL_CA_BUNDLE"], `"`, `\"`)
	settings := "curl.cainfo=\"" + bundle + "\"\nopenssl.cafile=\"" + bundle + "\"\n"
	if _, err := e.write(filepath.Join("php", "tegata.ini"), []byte(settings)); err != nil {
		return err
	}
	// An empty first element stands for the folder that PHP was built with; a variable that
	// is set to nothing stands for none.
	before := string(filepath.ListSeparator)
	if own, ok := e.own["PHP_INI_SCAN_DIR"]; ok {
		before = ""
		if own != "" {
			before = own + string(filepath.ListSeparator)
		}
	}
	e.set["PHP_INI_SCAN_DIR"] = before + folder
	return nil
}
